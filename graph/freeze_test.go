package graph

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"
)

// frozenNet is the network of testdata/frozen.json.
func frozenNet(b *Builder, x *Node) *Node {
	h := b.MaxPool2D(b.ReLU(b.BatchNorm("conv1_bn", b.Conv2D("conv1", x, 3, 3))), 2)
	h = b.ReLU(b.BatchNorm("conv2_bn", b.Conv2D("conv2", h, 4, 2), NoAffine()))
	return b.Linear("fc2", b.BatchNorm("fc1_bn", b.Linear("fc1", b.Flatten(h), 5)), 3)
}

// frozenCase is testdata/frozen.json.
type frozenCase struct {
	Before, After map[string][2]any // shape, values
	Steps         []struct {
		X         []float64
		Labels    []int32
		Loss      float64
		Gradients map[string][]float64
	}
}

func values(v [2]any) (list []float64) {
	for _, x := range v[1].([]any) {
		list = append(list, x.(float64))
	}
	return list
}

// A training program whose BatchNorms are frozen computes what PyTorch does after bn.eval(): losses, gradients, weights
// after three steps of SGD and running statistics, fused and not.
func TestFrozenStatisticsMatchPyTorch(t *testing.T) {
	content, err := os.ReadFile("testdata/frozen.json")
	if err != nil {
		t.Fatal(err)
	}
	var c frozenCase
	if err := json.Unmarshal(content, &c); err != nil {
		t.Fatal(err)
	}
	for _, fuse := range []bool{false, true} {
		params := NewParams(1, tensor.Float64)
		p, err := Compile(frozenNet, params, Config{
			Mode: Train, Shape: tensor.Shape{6, 1, 8, 8}, Fuse: fuse, FreezeStats: []string{"conv*"},
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range params.All() {
			if q.Kind() != Counter {
				copy(q.value.Float64s(), values(c.Before[q.Name()]))
			}
		}
		for i, s := range c.Steps {
			x := tensor.New(tensor.WithShape(6, 1, 8, 8), tensor.WithBacking(s.X))
			if err := p.Run(x, s.Labels); err != nil {
				t.Fatal(err)
			}
			near(t, "loss", []float64{p.Loss()}, []float64{s.Loss}, 1e-12)
			for _, v := range p.Gradients() {
				q := v.(*Gradient).param
				g, _ := v.Grad()
				near(t, fmt.Sprintf("step %d, fused %v: d%s", i, fuse, q.name), floats(g), s.Gradients[q.name], 1e-11)
				for j, d := range floats(g) {
					q.value.Float64s()[j] -= 0.1 * d
				}
			}
		}
		for _, q := range params.All() {
			want := values(c.After[q.Name()])
			switch {
			case q.Kind() == Counter:
				if got := q.value.Int64s()[0]; float64(got) != want[0] {
					t.Errorf("%s: got %d, want %v", q.name, got, want[0])
				}
			case q.Kind() == Buffer && strings.HasPrefix(q.name, "conv"):
				if !slices.Equal(q.value.Float64s(), values(c.Before[q.name])) {
					t.Errorf("%s changed", q.name)
				}
			default:
				near(t, q.name, q.value.Float64s(), want, 1e-11)
			}
		}
	}
}

// Central differences in float64 agree with the gradients through frozen BatchNorms, in every fused form, of both an
// affine and a plain one, and to parameters before and behind them.
func TestFrozenGradientsAgreeWithCentralDifferences(t *testing.T) {
	shape := tensor.Shape{4, 2, 7, 7}
	for name, after := range map[string]func(b *Builder, h *Node) *Node{
		"alone":    func(b *Builder, h *Node) *Node { return h },
		"relu":     func(b *Builder, h *Node) *Node { return b.ReLU(h) },
		"pool 2x2": func(b *Builder, h *Node) *Node { return b.MaxPool2D(b.ReLU(h), 2) },
		"pool 3x3": func(b *Builder, h *Node) *Node { return b.MaxPool2D(b.ReLU(h), 3, Stride(1), Padding(1)) },
		"twice":    func(b *Builder, h *Node) *Node { return b.ReLU(b.BatchNorm("next_bn", b.ReLU(h))) },
		"features": func(b *Builder, h *Node) *Node { return b.BatchNorm("next_bn", b.Linear("f", b.Flatten(h), 6)) },
	} {
		for _, options := range [][]NormOption{nil, {NoAffine(), Eps(1e-3)}} {
			for _, fuse := range []bool{false, true} {
				model := func(b *Builder, x *Node) *Node {
					h := after(b, b.BatchNorm("bn", b.Conv2D("conv", x, 3, 2), options...))
					return b.Linear("fc", b.Flatten(h), 3)
				}
				what := fmt.Sprintf("%s, %d options, fused %v", name, len(options), fuse)
				params := NewParams(2, tensor.Float64)
				p, err := Compile(model, params,
					Config{Mode: Train, Shape: shape, Fuse: fuse, FreezeStats: []string{"*bn"}})
				if err != nil {
					t.Fatal(err)
				}
				rng := rand.New(rand.NewPCG(1, 2))
				for _, q := range params.All() {
					if q.kind == Counter {
						continue
					}
					for i := range q.value.Float64s() {
						q.value.Float64s()[i] = 0.2 + rng.Float64() // variances are positive
						if q.kind != Buffer {
							q.value.Float64s()[i] -= 0.7
						}
					}
				}
				x := tensor.New(tensor.Of(tensor.Float64), tensor.WithShape(shape...))
				for i := range x.Float64s() {
					x.Float64s()[i] = rng.NormFloat64()
				}
				loss := func() float64 {
					if err := p.Run(x, []int32{0, 2, 1, 1}); err != nil {
						t.Fatal(err)
					}
					return p.Loss()
				}
				frozen := params.Lookup("bn.running_var").value.Clone().(*tensor.Dense)
				for _, v := range p.Gradients() {
					q := v.(*Gradient).param
					loss()
					g, _ := v.Grad()
					got, want := slices.Clone(floats(g)), []float64{}
					for i, old := range q.value.Float64s() {
						const h = 1e-6
						q.value.Float64s()[i] = old + h
						up := loss()
						q.value.Float64s()[i] = old - h
						want = append(want, (up-loss())/(2*h))
						q.value.Float64s()[i] = old
					}
					near(t, what+": d"+q.name, got, want, 1e-7)
				}
				if !frozen.Eq(params.Lookup("bn.running_var").value) {
					t.Errorf("%s: the running variance moved", what)
				}
			}
		}
	}
}

func TestFreezeStatsPatterns(t *testing.T) {
	compile := func(shape tensor.Shape, mode Mode, patterns ...string) error {
		_, err := Compile(frozenNet, NewParams(1, tensor.Float32), Config{Mode: mode, Shape: shape, FreezeStats: patterns})
		return err
	}
	one, many := tensor.Shape{1, 1, 8, 8}, tensor.Shape{2, 1, 8, 8}
	for _, good := range []string{"conv1_bn", "conv*", "*", "fc1_bn.running_mean", "conv?_bn.running_*"} {
		if err := compile(many, Train, good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"conv1", "conv1_bn.weight", "xyz", "conv["} {
		want := fmt.Sprintf("freeze stats %q matches no BatchNorm; there are conv1_bn, conv2_bn, fc1_bn", bad)
		if err := compile(many, Train, "fc*", bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	// One value per channel has no variance, which frozen statistics do not need.
	if err := compile(one, Train); err == nil {
		t.Error("a batch of one: no error")
	}
	if err := compile(one, Train, "fc1_bn"); err != nil {
		t.Errorf("a batch of one, frozen: %v", err)
	}
	_, err := Compile(func(b *Builder, x *Node) *Node { return b.Linear("f", b.Flatten(x), 2) },
		NewParams(1, tensor.Float32), Config{Mode: Train, Shape: many, FreezeStats: []string{"*"}})
	if err == nil || !strings.Contains(err.Error(), "the model has none") {
		t.Errorf("got %v", err)
	}
}
