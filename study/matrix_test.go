package study

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"anneal/data"
	"anneal/graph"
	"anneal/schedules"
	"anneal/solvers"
)

func draw(b *graph.Builder, x *graph.Node) *graph.Node { return b.Linear("fc", b.Flatten(x), 2) }

var (
	sgd   = solvers.SGD{LR: 0.1, Momentum: 0.9}
	adam  = solvers.Default[solvers.Adam]()
	step  = schedules.StepLR{StepSize: 5, Gamma: 0.1}
	noise = data.Compose{data.GaussianNoise{Sigma: 0.1}}
)

func TestCells(t *testing.T) {
	m := Matrix{
		Models: []Model{{"a", draw}, {"b-bn", draw}},
		Settings: append(
			[]Setting{{Name: "slow", Solver: solvers.SGD{LR: 0.01}}},
			Combine([]solvers.Algorithm{sgd, adam}, []schedules.Schedule{schedules.Constant{}, step})...,
		),
		Batches:  []int{64, 2},
		Augments: []data.Compose{nil, noise},
		Seeds:    []uint64{1, 7},
	}
	cells, err := m.Cells()
	if err != nil {
		t.Fatal(err)
	}
	if want := 2 * 5 * 2 * 2 * 2; len(cells) != want {
		t.Errorf("got %d cells, want %d", len(cells), want)
	}
	for i, want := range map[int]string{
		0:  "a_slow_lr0.01_batch64_seed1",
		1:  "a_slow_lr0.01_batch64_seed7",
		4:  "a_slow_lr0.01_batch2_seed1",
		40: "b-bn_slow_lr0.01_batch64_seed1",
	} {
		if got := cells[i].Name(); got != want {
			t.Errorf("cell %d: got %s, want %s", i, got, want)
		}
	}
	// Names that are not in the characters of a folder's end in a checksum of what they stand for.
	if got := cells[16].Name(); !strings.HasPrefix(got, "a_SGD-momentum=0.9-StepLR-step-size=5_lr0.1_batch64_seed1_") {
		t.Errorf("got %s", got)
	}
	if c := cells[8]; c.Setting != "SGD(momentum=0.9)" || c.Solver != solvers.Algorithm(sgd) || c.LR != 0.1 {
		t.Errorf("got %+v", c)
	}
	if c := cells[24]; c.Setting != "Adam" || c.LR != 0.001 {
		t.Errorf("got %+v", c)
	}

	m.Rates = []float64{0.5, 0.25}
	if cells, err = m.Cells(); err != nil || len(cells) != 2*80 {
		t.Fatalf("with two rates: got %d cells, %v", len(cells), err)
	}
	for _, c := range cells {
		if c.LR != solvers.Rate(c.Solver) || !slices.Contains(m.Rates, c.LR) {
			t.Errorf("%s: rate %v and solver %v", c.Name(), c.LR, c.Solver)
		}
	}
}

func TestCellsErrors(t *testing.T) {
	good := Matrix{Models: []Model{{"a", draw}}, Settings: []Setting{{Name: "s", Solver: sgd}}}
	for _, c := range []struct {
		change func(*Matrix)
		want   string
	}{
		{func(m *Matrix) { m.Models = nil }, "at least one model"},
		{func(m *Matrix) { m.Settings = nil }, "one setting"},
		{func(m *Matrix) { m.Models[0].Draw = nil }, `model "a"`},
		{func(m *Matrix) { m.Models[0].Name = "" }, `model ""`},
		{func(m *Matrix) { m.Settings[0].Solver = nil }, `setting "s" has no solver`},
		{func(m *Matrix) { m.Rates = []float64{0.1, math.NaN()} }, "rate NaN"},
		{func(m *Matrix) { m.Rates = []float64{-1} }, "rate -1"},
		{func(m *Matrix) { m.Seeds = []uint64{3, 1, 3} }, "a_s_lr0.1_batch64_seed3"},
		{func(m *Matrix) { m.Models = append(m.Models, Model{"A", draw}) }, "A_s_lr0.1_batch64_seed1"},
		{
			func(m *Matrix) { m.Settings = append(m.Settings, Setting{Name: "s", Solver: solvers.SGD{LR: 0.1}}) },
			`setting "s" is both SGD(momentum=0.9) and SGD: give them different names`,
		},
		{
			func(m *Matrix) { m.Settings = append(m.Settings, Setting{"s", solvers.SGD{LR: 0.2}, step}) },
			"give them different names",
		},
	} {
		m := good
		m.Models, m.Settings = slices.Clone(good.Models), slices.Clone(good.Settings)
		c.change(&m)
		if cells, err := m.Cells(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %d cells, error %v, want one with %s in it", len(cells), err, c.want)
		}
	}
}

// Cells that differ have names that differ, of characters that need no quotes, and no longer than file systems take.
func TestNames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cell := func(name string) Cell {
			text := rapid.OneOf(rapid.StringMatching(`[ab_. ,-]{1,4}`), rapid.StringN(1, 200, -1))
			return Cell{
				Model: text.Draw(t, name+"'s model"), Setting: text.Draw(t, name+"'s setting"),
				LR: rapid.Float64Range(1e-9, 9).Draw(t, "lr"), Batch: rapid.IntRange(1, 3).Draw(t, "batch"),
				Seed: rapid.Uint64Range(0, 3).Draw(t, "seed"),
			}
		}
		a, b := cell("a"), cell("b")
		if rapid.Bool().Draw(t, "near") {
			b.LR, b.Batch, b.Seed = a.LR, a.Batch, a.Seed
		}
		alike := slices.Equal(a.group(), b.group()) && a.Seed == b.Seed
		if (a.Name() == b.Name()) != alike {
			t.Fatalf("%+v is %s and %+v is %s", a, a.Name(), b, b.Name())
		}
		odd := func(r rune) bool {
			return !unicode.In(r, unicode.L, unicode.M, unicode.N) && !strings.ContainsRune("._=-", r)
		}
		if name := a.Name(); len(name) > 140 || !utf8.ValidString(name) || strings.ContainsFunc(name, odd) {
			t.Fatalf("got %q", name)
		}
		if old := a.name(notASCII); len(old) > 140 ||
			strings.Trim(old, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._=-") != "" {
			t.Fatalf("got %q", old)
		}
	})
}

// A Chinese name can be read in the folder's. A study that has the folder under its older name keeps it.
func TestChineseNames(t *testing.T) {
	cells := []Cell{{Model: "lenet", Setting: "固定学习率: 一", LR: 0.1, Batch: 64, Seed: 1}}
	name, old := "lenet_固定学习率-一_lr0.1_batch64_seed1_dc199678", "lenet__lr0.1_batch64_seed1_dc199678"
	if got := cells[0].Name(); got != name {
		t.Errorf("got %s, want %s", got, name)
	}
	dir := t.TempDir()
	for _, c := range []struct {
		was  *Record
		want string
	}{
		{nil, name},
		{&Record{}, name},
		{&Record{Cells: []CellRecord{{Name: old}}}, old},
		{&Record{Cells: []CellRecord{{Name: name}}}, name},
		{&Record{Search: &SearchRecord{}}, name},
	} {
		kept := slices.Clone(cells)
		keepNames(kept, c.was, dir)
		if got := kept[0].Name(); got != c.want {
			t.Errorf("%+v: got %s, want %s", c.was, got, c.want)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, old), 0o777); err != nil {
		t.Fatal(err)
	}
	keepNames(cells, &Record{Search: &SearchRecord{}}, dir)
	if got := cells[0].Name(); got != old {
		t.Errorf("in the folder of a search: got %s, want %s", got, old)
	}
}
