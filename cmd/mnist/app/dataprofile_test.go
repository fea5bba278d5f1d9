package app

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"anneal/data/profile"
)

// A table has its columns examined, and what is wrong with it said: classes out of balance, columns that never change,
// rows that are there twice, also with another class.
func TestDataProfile(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "train.csv"), []byte("size,town,fixed,y\n"+
		"1,Paris,5,a\n2,,5,b\n,Rome,5,a\n4,Paris,5,a\n1,Paris,5,a\n2,,5,a\n3,Oslo,5,a\n6,Rome,5,a\n"))
	write(t, filepath.Join(dir, "test.csv"), []byte("size,town,fixed,y\n1,Paris,5,a\n9,Rome,5,a\n"))
	got := mnist(t, dir, "data", "--data", dir+"?target=y", "--quiet")
	want := `class               train     test
a                       7        2
b                       1        0
all                     8        2

in training  missing   mean  deviation  min  max               categories
size               1  2.714      1.666    1    6
town               2                              Paris 3, Rome 2, Oslo 1
fixed              0      5          0    5    5

classes: b has the fewest training samples, 1, and a the most, 7, 7 times as many; whatever says a is right in 87.5%: ` +
		`--sample balanced or --class-weights balanced counts all classes alike, and --metrics f1 says more than the accuracy
constant: fixed is the same in all training samples: drop=fixed leaves it out
equal: 2 samples of train are there before: the first is train 4, equal to train 0
equal: 1 sample of test is also in train: the first is test 0, equal to train 0; ` +
		`a network has seen it, so results are better than on new samples
equal: 2 of them are to be learnt differently, such as train 1 and train 5, b and a
`
	if got.code != exitOK || got.stdout != want {
		t.Errorf("exit code %d: got\n%s\nwant\n%s%s", got.code, got.stdout, want, got.stderr)
	}

	// The parts are those of a run with the same flags, and JSON has all of it.
	got = mnist(t, dir, "data", "--data", "make_blobs(n_samples=100)", "--valid", "0.25", "--train-fraction", "0.5",
		"--format", "json")
	var p profile.Profile
	if err := json.Unmarshal([]byte(got.stdout), &p); got.code != exitOK || err != nil {
		t.Fatalf("%v: %+v", err, got)
	}
	if len(p.Parts) != 3 || p.Parts[0].Samples != 30 || p.Parts[1].Samples != 20 || p.Parts[2].Samples != 20 ||
		len(p.Parts[0].Numbers) != 2 || p.Parts[0].Numbers[0].Count != 30 || p.Equal == nil {
		t.Errorf("got %+v", p)
	}

	// A sheet of a table is refused before anything is examined.
	got = mnist(t, dir, "data", "--data", dir+"?target=y", "--sheet", filepath.Join(dir, "sheet.png"))
	if got.code != exitFailed || !strings.Contains(got.stderr, "want pictures") || strings.Contains(got.stdout, "equal") {
		t.Errorf("got %+v", got)
	}
}
