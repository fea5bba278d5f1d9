package table

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"anneal/data"
	"anneal/internal/limittest"
)

func write(t testing.TB, path, content string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// samples returns x and the class, or the target, of every sample.
func samples(t *testing.T, d data.Dataset) (x [][]float32, y []float32) {
	t.Helper()
	set := d.(*data.Tensors)
	for i := range set.Len() {
		row, target := make([]float32, set.Shape()[0]), []float32{0}
		label, err := set.Read(i, row)
		if err != nil {
			t.Fatal(err)
		}
		if set.Classes() > 0 {
			target[0] = float32(label)
		} else if err := set.ReadField(i, 0, target, nil); err != nil {
			t.Fatal(err)
		}
		x, y = append(x, row), append(y, target[0])
	}
	return x, y
}

// Two parts, in which numbers and categories are missing and a category is new.
func TestColumns(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "train.csv"),
		"\ufeffarea,town,price,id\n1,\"b, c\",10,x1\n3,a,30,x2\n,a,20,x3\n2,,20,x4\n")
	write(t, filepath.Join(dir, "test.csv"), "area,town,price,id\n5,new,50,x5\n")
	sets, err := Load(dir, Options{Target: "price", Task: Numbers, Drop: []string{"id"}})
	if err != nil {
		t.Fatal(err)
	}
	x, y := samples(t, sets.Train)
	const s, p = 0.8164966, 7.0710678 // the deviations of 1, 3, 2 and of 10, 30, 20, 20
	wantX := [][]float32{{-1 / s, 0, 1}, {1 / s, 1, 0}, {0, 1, 0}, {0, 0, 0}}
	wantY := []float32{-10 / p, 10 / p, 0, 0}
	for i := range wantX {
		for k := range wantX[i] {
			if d := x[i][k] - wantX[i][k]; !(d < 1e-6 && d > -1e-6) || !(y[i]-wantY[i] < 1e-6 && y[i]-wantY[i] > -1e-6) {
				t.Fatalf("got %v and %v, want %v and %v", x, y, wantX, wantY)
			}
		}
	}
	if x, _ = samples(t, sets.Test); len(x) != 1 || x[0][1] != 0 || x[0][2] != 0 {
		t.Errorf("a town that is new: got %v", x)
	}
	f := data.FactsOf(sets.Test)
	if got := fmt.Sprint(f.Columns, f.Mean, f.Target.Mean); got != "[{area []} {town [a b, c]}] [2 0 0] 20" {
		t.Errorf("got facts %s", got)
	}

	// A trained network's columns and scales apply to other tables.
	other := write(t, filepath.Join(dir, "other.tsv"), "price\ttown\tarea\n20\ta\t2\n20\tz\t2\n")
	again, err := Load(other, Options{Target: "price", As: &f, Test: 1})
	if err != nil {
		t.Fatal(err)
	}
	if x, y = samples(t, again.Train); len(x) != 1 || x[0][0] != 0 || y[0] != 0 {
		t.Errorf("as the other network: got %v and %v", x, y)
	}
}

func TestClasses(t *testing.T) {
	var b strings.Builder
	b.WriteString("x;kind\n")
	for i := range 100 {
		fmt.Fprintf(&b, "%d,5;%s\n", i, map[bool]string{true: "yes", false: "no"}[i%50 == 0])
	}
	path := write(t, filepath.Join(t.TempDir(), "rare.csv"), strings.ReplaceAll(b.String(), ",5", ""))
	sets, err := Load(path, Options{Target: "kind", Test: 0.5})
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []data.Dataset{sets.Train, sets.Test} {
		_, y := samples(t, part)
		n := 0
		for _, label := range y {
			n += int(label)
		}
		if n != 1 || part.Len() != 50 || !slices.Equal(data.FactsOf(part).ClassNames, []string{"no", "yes"}) {
			t.Errorf("got %d of %d in class yes, names %v", n, part.Len(), data.FactsOf(part).ClassNames)
		}
	}

	path = write(t, filepath.Join(t.TempDir(), "numbers.csv"), "x,y\n1,10\n2,9\n3,10\n4,9\n")
	sets, err = Load(path, Options{Target: "y", Test: 2})
	if err != nil || len(sets.Notes) != 1 || !slices.Equal(data.FactsOf(sets.Train).ClassNames, []string{"9", "10"}) {
		t.Errorf("whole numbers: got %+v, %v", sets, err)
	}
	path = write(t, filepath.Join(t.TempDir(), "bare.csv"), "1,10\n2,9\n3,10\n4,8\n5,8\n")
	sets, err = Load(path, Options{Target: "1", NoHeader: true, Task: Classes, Test: 0.4})
	if err != nil || sets.Train.Classes() != 3 || sets.Train.Len() != 3 {
		t.Errorf("without a header: got %+v, %v", sets, err)
	}
}

func TestBadRows(t *testing.T) {
	good := "a,b,y\n1,2,0.5\n3,4,1.5\n5,6,2.5\n7,8,3.5\n"
	for _, c := range []struct{ row, want string }{
		{"1,2\n", "x.csv: line 6: got 2 columns, want 3"},
		{"1,x\"y,2\n", "x.csv: line 6, column 4: bare"},
		{"1,oops,2.5\n", `x.csv: line 6: column b: got a text, want a number (the column's first text is "oops"`},
		{"1,2,\n", "x.csv: line 6: column y: got nothing, want the target"},
	} {
		path := write(t, filepath.Join(t.TempDir(), "x.csv"), good+c.row+"9,9,4.5\n")
		if _, err := Load(path, Options{Target: "y", Test: 0.3}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v, want %q", c.row, err, c.want)
		}
		sets, err := Load(path, Options{Target: "y", Test: 0.3, SkipBad: true})
		if err != nil || sets.Skipped != 1 || sets.Train.Len()+sets.Test.Len() != 5 {
			t.Errorf("%q skipped: got %+v, %v", c.row, sets, err)
		}
	}
	for _, c := range []struct{ content, target, want string }{
		{"", "y", "the file is empty"},
		{"a,a\n1,2\n", "a", `two columns have the name "a"`},
		{"a,y\n1,2\n", "z", `target: there is no column "z": want one of a, y`},
		{"a,y\n1,2\n", "", "no target: want the column to predict, one of a, y"},
		{"a,y\n", "y", "no rows"},
		{"y\n1\n2\n", "y", "no columns besides the target y"},
	} {
		path := write(t, filepath.Join(t.TempDir(), "x.csv"), c.content)
		if _, err := Load(path, Options{Target: c.target, Test: 0.3}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v, want %q", c.content, err, c.want)
		}
	}
}

// Bad rows are left out, but a part whose first line is bad has no columns.
func TestBadFirstLine(t *testing.T) {
	for _, c := range []struct {
		noHeader    bool
		train, test string
		want        string
	}{
		{false, "a,y\n1,2.5\n2,3.5\n", "y,a\"\n1,2.5\n", "test.csv: line 1, column 4: bare"},
		{false, "a\",y\n1,2.5\n2,3.5\n", "a,y\n", "train.csv: line 1, column 2: bare"},
		{true, "1,2.5\n2,3.5\n", "1,\"\"2\n1,2,3\n", "test.csv: line 1"},
		{true, "1,2.5\n2,3.5\n", "1,2,3\n", "test.csv: got the columns"},
	} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "train.csv"), c.train)
		write(t, filepath.Join(dir, "test.csv"), c.test)
		target := "y"
		if c.noHeader {
			target = "1"
		}
		_, err := Load(dir, Options{Target: target, NoHeader: c.noHeader, SkipBad: true})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v, want %q", c.test, err, c.want)
		}
	}
}

// endless is a line of a gigabyte.
type endless struct{ left int }

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := min(len(p), e.left)
	for i := range p[:n] {
		p[i] = '7'
	}
	e.left -= n
	return n, nil
}

func TestLongLines(t *testing.T) {
	for _, begin := range []string{"", "a,b\n", "a,b\n1,2\n\"", "a,b\n1,2\n3,\""} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		tab := &rows{skip: true}
		err := tab.parse(io.MultiReader(strings.NewReader(begin), &endless{1 << 30}), "x.csv")
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), "want at most 1048576 bytes in a row") {
			t.Errorf("%q: got %v", begin, err)
		}
		if got := after.TotalAlloc - before.TotalAlloc; got > 50<<20 {
			t.Errorf("%q: allocated %d bytes", begin, got)
		}
	}
}

func FuzzTable(f *testing.F) {
	f.Add("a,b,y\n1,2,0.5\n3,4,1.5\n,x,2\n", "y", true)
	f.Add("a;y\n1;yes\n2;no\n\"3;\n", "y", false)
	f.Add("\"a\nb\",y\n1,2\n", "b", false)
	f.Add("\"a\nb\",y\n1,2\nx,3\n", "y", false)
	f.Add("\"a\nb\",y\n1,2\n,3\n", "a\nb", false)
	f.Add("\xef\xbb\xbfa\ty\n1\t\n", "y", true)
	limits := limittest.Limits{Bytes: 64 << 20, Time: time.Second}
	f.Fuzz(func(t *testing.T, content, target string, skip bool) {
		path := write(t, filepath.Join(t.TempDir(), "x.csv"), content)
		limits.Run(t, "a table", func() {
			sets, err := Load(path, Options{Target: target, Test: 0.3, SkipBad: skip})
			limittest.OneLine(t, err)
			if err != nil {
				return
			}
			if n := sets.Train.Len() + sets.Test.Len(); n < 2 || n > len(content) {
				t.Errorf("%d samples from %d bytes", n, len(content))
			}
		})
	})
}

// A validation part without a test part is the test, as that of a folder of pictures is.
func TestParts(t *testing.T) {
	dir := t.TempDir()
	for name, n := range map[string]int{"train": 5, "val": 3} {
		write(t, filepath.Join(dir, name+".csv"), "a,y\n"+strings.Repeat("1,2.5\n3,4.5\n", n))
	}
	sets, err := Load(dir, Options{Target: "y", Test: 0.2})
	if err != nil || sets.Train.Len() != 10 || sets.Valid != nil || sets.Test.Len() != 6 ||
		!slices.Contains(sets.Notes, data.ValidIsTest) {
		t.Errorf("got %+v, %v", sets, err)
	}
	write(t, filepath.Join(dir, "test.csv"), "a,y\n1,2.5\n")
	sets, err = Load(dir, Options{Target: "y", Test: 0.2})
	if err != nil || sets.Train.Len() != 10 || sets.Valid.Len() != 6 || sets.Test.Len() != 1 {
		t.Errorf("with a test part: got %+v, %v", sets, err)
	}
}
