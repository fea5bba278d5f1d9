package solvers

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/graph"
)

// recorded is a case of testdata/gen.py.
type recorded struct {
	Name      string
	Args      map[string]any
	Steps     int
	Init      []array
	LR        []json.RawMessage
	Grads     [][]*array
	Params    [][]array
	Group     map[string]any
	Momentum  []float64
	ClipNorm  float64 `json:"clip_norm"`
	ClipValue float64 `json:"clip_value"`
	L1        float64
}

type array struct {
	Shape []int
	Data  []float64
}

func (a array) at(i int) float64 { return a.Data[i] }

// spec spells the solver of the case.
func (c recorded) spec() string {
	var args []string
	for k, v := range c.Args {
		switch v := v.(type) {
		case bool:
			args = append(args, k+"="+map[bool]string{true: "True", false: "False"}[v])
		case []any:
			args = append(args, fmt.Sprintf("%s=(%v, %v)", k, v[0], v[1]))
		default:
			args = append(args, fmt.Sprintf("%s=%v", k, v))
		}
	}
	if c.L1 != 0 {
		args = append(args, fmt.Sprintf("l1=%v", c.L1))
	}
	slices.Sort(args)
	return c.Name + "(" + strings.Join(args, ", ") + ")"
}

// config returns the Tuning of the case: b.weight may be a group apart.
func (c recorded) config() Tuning {
	config := Tuning{ClipNorm: c.ClipNorm, ClipValue: c.ClipValue}
	if c.Group != nil {
		g := Group{Pattern: "b.*"}
		if v, ok := c.Group["weight_decay"].(float64); ok {
			g.WeightDecay = &v
		}
		config.Groups = []Group{g}
	}
	return config
}

func cases(t *testing.T) []recorded {
	t.Helper()
	var list []recorded
	for _, file := range []string{"testdata/solvers.json", "testdata/more.json", "testdata/large.json"} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var some []recorded
		if err := json.Unmarshal(data, &some); err != nil {
			t.Fatal(err)
		}
		if len(some) == 0 {
			t.Fatalf("%s: got no cases", file)
		}
		list = append(list, some...)
	}
	for _, c := range list {
		if c.Steps < 1 || len(c.Params) != c.Steps {
			t.Fatalf("%s: got values after %d of %d steps", c.spec(), len(c.Params), c.Steps)
		}
	}
	return list
}

// Every step of every case: within 1e-10 in float64, and within 1e-5 relative in float32, where a weight that passes
// near 0 may be off by 1e-6.
func TestPyTorch(t *testing.T) {
	for i, c := range cases(t) {
		t.Run(fmt.Sprintf("%d/%s/float64", i, c.spec()), func(t *testing.T) { c.run(t, tensor.Float64, 1e-10, 1e-10) })
		t.Run(fmt.Sprintf("%d/%s/float32", i, c.spec()), func(t *testing.T) { c.run(t, tensor.Float32, 1e-5, 1e-6) })
	}
}

func (c recorded) run(t *testing.T, dtype tensor.Dtype, relative, absolute float64) {
	t.Helper()
	store := tensors{
		{"a.weight", graph.Weight, c.Init[0].Shape},
		{"b.weight", graph.Weight, c.Init[1].Shape},
	}.params(t, dtype)
	for i, p := range store.All() {
		set(p.Value(), c.Init[i].at)
	}
	s := must(t, c.spec(), store, c.config())
	for step := range c.Steps {
		var one float64
		var lrs []float64
		if json.Unmarshal(c.LR[step], &one) == nil {
			lrs = []float64{one}
		} else if err := json.Unmarshal(c.LR[step], &lrs); err != nil {
			t.Fatal(err)
		}
		for g, lr := range lrs {
			if err := s.SetRate(g, lr); err != nil {
				t.Fatal(err)
			}
		}
		if c.Momentum != nil {
			if err := s.SetMomentum(0, c.Momentum[step]); err != nil {
				t.Fatal(err)
			}
		}
		var model []gorgonia.ValueGrad
		for i, p := range store.All() {
			if c.Grads[step][i] == nil {
				continue
			}
			g := p.Value().Clone().(*tensor.Dense)
			set(g, c.Grads[step][i].at)
			model = append(model, &gradient{param: p, grad: g})
		}
		if err := s.Step(model); err != nil {
			t.Fatal(err)
		}
		for i, p := range store.All() {
			for k, got := range get(p.Value()) {
				want := c.Params[step][i].Data[k]
				if !(math.Abs(got-want) <= max(absolute, relative*math.Abs(want))) {
					t.Fatalf("step %d: %s[%d] is %v, want %v", step, p.Name(), k, got, want)
				}
			}
		}
	}
}
