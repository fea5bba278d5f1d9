package solvers

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/internal/longtest"
)

// randomRun is a case of testdata/runs.py.
type randomRun struct {
	Solver  string
	Groups  []string
	Init    map[string]array
	Rates   [][]float64
	Momenta [][]*float64
	Grads   []map[string]*array
	Params  map[string]map[string]array
}

// Random runs that PyTorch 2.14.1 has recorded: all solvers, settings and groups, absent gradients, changing rates.
func TestRandomRuns(t *testing.T) {
	f, err := os.Open("testdata/runs.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	replay(t, f)
}

// Random runs of PyTorch, live: $ANNEAL_PYTORCH is the command that runs a Python with it, and $ANNEAL_PYTORCH_RUNS the
// number of runs, 2000 unless it is set.
func TestLivePyTorch(t *testing.T) {
	count := 2000
	if text := os.Getenv("ANNEAL_PYTORCH_RUNS"); text != "" {
		var err error
		if count, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	longtest.Piped(t, longtest.PyTorch(t, "testdata/runs.py", strconv.Itoa(count), "25", "2"), func(out io.Reader) {
		if got := replay(t, out); got != count {
			t.Errorf("got %d runs, want %d", got, count)
		}
	})
}

// replay compares the runs of r with ours, and returns how many there are.
func replay(t *testing.T, r io.Reader) int {
	t.Helper()
	runs, worst := map[string]int{}, map[string]float64{}
	all, last := 0, 0
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var c randomRun
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		if c.Solver == "" {
			t.Logf("%s", lines.Bytes())
			continue
		}
		all++
		name, _, _ := strings.Cut(c.Solver, "(")
		off, err := c.off()
		// Muon's iteration is in bfloat16. Where a sum in another order is rounded to the next number of its 8 bits, a
		// weight may be off by a hundredth of a step.
		switch {
		case err == nil && name == "Muon" && off > 1e-10 && off <= 1e-2:
			last++
		case err != nil || !(off <= 1e-10):
			t.Errorf("%s with %q: off by %g, %v", c.Solver, c.Groups, off, err)
		}
		runs[name]++
		worst[name] = max(worst[name], off)
	}
	if lines.Err() != nil {
		t.Fatal(lines.Err())
	}
	for name, n := range runs {
		t.Logf("%-9s %4d runs, off by at most %.1g", name, n, worst[name])
	}
	t.Logf("%d runs, %d of Muon differ in a last bit of bfloat16", all, last)
	return all
}

// off runs the case, and returns the largest relative difference of a weight from PyTorch's.
func (c randomRun) off() (off float64, err error) {
	store := graph.NewParams(1, tensor.Float64)
	model := func(b *graph.Builder, x *graph.Node) *graph.Node {
		for _, name := range []string{"a", "b", "c"} {
			b.Param(name+".weight", graph.Weight, c.Init[name].Shape, graph.KaimingNormal, graph.Fan{In: 2, Out: 2})
		}
		return x
	}
	_, err = graph.Compile(model, store, graph.Config{Mode: graph.Eval, Shape: tensor.Shape{1, 2}})
	if err != nil {
		return 0, err
	}
	for name, a := range c.Init {
		set(store.Lookup(name+".weight").Value(), a.at)
	}
	algorithm, err := Parse(c.Solver)
	if err != nil {
		return 0, err
	}
	var tuning Tuning
	for _, text := range c.Groups {
		g, err := ParseGroup(text)
		if err != nil {
			return 0, err
		}
		tuning.Groups = append(tuning.Groups, g)
	}
	s, err := New(algorithm, store.All(), tuning)
	if err != nil {
		return 0, err
	}
	for step, grads := range c.Grads {
		for g, lr := range c.Rates[step] {
			if err := s.SetRate(g, lr); err != nil {
				return 0, err
			}
			if m := c.Momenta[step][g]; m != nil {
				if err := s.SetMomentum(g, *m); err != nil {
					return 0, err
				}
			}
		}
		var model []gorgonia.ValueGrad
		for _, p := range store.All() {
			if a := grads[p.Layer()]; a != nil {
				g := p.Value().Clone().(*tensor.Dense)
				set(g, a.at)
				model = append(model, &gradient{param: p, grad: g})
			}
		}
		if err := s.Step(model); err != nil {
			return 0, err
		}
		for name, want := range c.Params[fmt.Sprint(step)] {
			for i, got := range get(store.Lookup(name + ".weight").Value()) {
				d := math.Abs(got-want.Data[i]) / max(1, math.Abs(want.Data[i]))
				if !(d <= off) {
					off = d
				}
			}
		}
	}
	return off, nil
}
