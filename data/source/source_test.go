package source

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"anneal/data"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]Spec{
		"":                                      {},
		"houses.csv?target=price&drop=id,a%26b": {Path: "houses.csv", Target: "price", Drop: []string{"id", "a&b"}},
		"pets?image_size=32x48&skip_bad":        {Path: "pets", ImageSize: [2]int{32, 48}, SkipBad: true},
		`x.csv?drop="a,b",c&drop="d""e"`:        {Path: "x.csv", Drop: []string{"a,b", "c", `d"e`}},
		"make_moons(noise=0.2)?test=0.5":        {Path: "make_moons(noise=0.2)", Test: 0.5},
	} {
		got, err := Parse(text)
		if err != nil || got.String() != want.String() {
			t.Errorf("%s: got %v, %v, want %v", text, got, err, want)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) || fmt.Sprintf("%q", got.Drop) != fmt.Sprintf("%q", want.Drop) {
			t.Errorf("%s: got %+v, want %+v", text, got, want)
		}
		if again, err := Parse(got.String()); err != nil || again.String() != got.String() {
			t.Errorf("%s: its text %s gives %v, %v", text, got, again, err)
		}
	}
	for text, want := range map[string]string{
		"x?tarGet=y":     `there is no option "tarGet": want one of target, task`,
		"x?test=0":       "option test: got \"0\", want a share or a number of samples above 0",
		"x?image_size=0": "want a size such as 32",
		"x?no_header=7":  "want true or false",
		"x?%zz":          "invalid URL escape",
	} {
		if _, err := Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
}

func write(t *testing.T, path, content string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	csv := write(t, filepath.Join(dir, "what?.csv"), "a,y\n1,0.5\n2,1.5\n3,2.5\n4,9\n5,8\n")
	spec, err := Parse(csv) // there is a file of that name
	if err != nil {
		t.Fatal(err)
	}
	if spec, err = spec.With("target=y"); err != nil {
		t.Fatal(err)
	}
	sets, err := Load(t.Context(), spec, nil)
	if err != nil || sets.Train.Len() != 4 || sets.From != csv || data.FactsOf(sets.Test).Target.Name != "y" {
		t.Errorf("a table: got %+v, %v", sets, err)
	}
	text := write(t, filepath.Join(dir, "a.txt"), strings.Repeat("hello, world. ", 100))
	sets, err = Load(t.Context(), Spec{Path: text, Length: 10}, nil)
	if err != nil || sets.Train.Classes() != 10 {
		t.Errorf("a text: got %+v, %v", sets, err)
	}
	sets, err = Load(t.Context(), Spec{Path: "make_sine(n_samples=50)"}, nil)
	if err != nil || sets.Train.Len() != 40 || sets.From != "make_sine(n_samples=50)" {
		t.Errorf("a generated set: got %+v, %v", sets, err)
	}
	for _, c := range []struct {
		spec Spec
		want string
	}{
		{Spec{Path: text, Target: "y"}, "there is no option target for a text: want one of length, stride, bytes, test"},
		{Spec{Path: write(t, filepath.Join(dir, "a.xls"), "x")}, "want a folder, or a file whose name ends in .csv"},
		{Spec{Path: filepath.Join(dir, "none")}, "no such folder"},
		{Spec{Path: csv, Target: "y", Task: "sums"}, `what?.csv: option task: got "sums", want classes or numbers`},
		{Spec{Path: csv, Target: "y", Test: 5}, "data: test size: got 5 of 5 samples: want"},
		{Spec{Path: filepath.Join(dir, "none.csv"), Target: "y"}, "no such file"},
		{Spec{Path: "make_suns()"}, "make_moons"},
	} {
		if _, err := Load(t.Context(), c.spec, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: got %v, want %q", c.spec, err, c.want)
		}
	}
}

// Like takes the options that say what a sample is, and that the kind of source takes.
func TestLike(t *testing.T) {
	dir := t.TempDir()
	csv := write(t, filepath.Join(dir, "a.csv"), "x,y\n1,2\n")
	text := write(t, filepath.Join(dir, "a.txt"), "abc")
	const was = "target=y&drop=id,a&image_size=32x32&length=10&skip_bad=true&test=0.5&test_seed=3"
	for spec, want := range map[string]string{
		csv:                         csv + "?target=y&drop=id%2Ca",
		csv + "?target=x":           csv + "?target=x&drop=id%2Ca",
		text:                        text + "?length=10",
		"make_moons()":              "make_moons()",
		filepath.Join(dir, "b.xls"): filepath.Join(dir, "b.xls"),
	} {
		s, err := Parse(spec)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Like(was); got.String() != want {
			t.Errorf("%s: got %v, want %s", spec, got, want)
		}
		if got := s.Like("%zz"); got.String() != s.String() {
			t.Errorf("%s: got %v from no query", spec, got)
		}
	}
}
