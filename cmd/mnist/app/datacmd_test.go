package app

import (
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDataCommand(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sheet.png")
	var stdout, stderr strings.Builder
	args := strings.Fields("data --augment RandomHorizontalFlip() --rows 3 --columns 4 --sheet")
	args = append(args, file)
	if code := run(t.Context(), args, &stdout, &stderr); code != exitOK {
		t.Fatalf("exit code %d: %s", code, &stderr)
	}
	for _, want := range []string{"class               train     test\n", "\n9                    5949     1009\n"} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("%q is not in\n%s", want, &stdout)
		}
	}
	if !strings.Contains(stderr.String(), "a mirrored digit") {
		t.Errorf("no warning about mirrored digits in\n%s", &stderr)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if m, err := png.Decode(f); err != nil || m.Bounds().Dy() != 3+3*59 {
		t.Errorf("the sheet is %v, %v", m.Bounds(), err)
	}
	for want, args := range map[string][]string{
		"ends in .png":  {"data", "--sheet", "x.jpg"},
		"needs --sheet": {"data", "--augment", "GaussianNoise"},
	} {
		stderr.Reset()
		code := run(t.Context(), args, &stdout, &stderr)
		if code != exitUsage || !strings.Contains(stderr.String(), want) {
			t.Errorf("%v: exit code %d, %s", args, code, &stderr)
		}
	}
}

// A set without classes has its sizes counted, and one with a validation part has a column for it.
func TestDataCounts(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "set"), 0o777); err != nil {
		t.Fatal(err)
	}
	for file, rows := range map[string]int{"train.csv": 4, "val.csv": 2, "test.csv": 3} {
		write(t, filepath.Join(dir, "set", file), []byte("x,y\n"+strings.Repeat("1,a\n2,b\n", rows)))
	}
	for source, want := range map[string]string{
		"make_sine(n_samples=50)": "class               train     test\nall                    40       10\n",
		filepath.Join(dir, "set") + "?target=y": "class               train    valid     test\n" +
			"a                       4        2        3\nb                       4        2        3\n" +
			"all                     8        4        6\n",
	} {
		if got := mnist(t, dir, "data", "--data", source); got.code != exitOK || !strings.HasPrefix(got.stdout, want+"\n") {
			t.Errorf("%s: got %+v, want %s", source, got, want)
		}
	}
}
