package graph

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// fusedModels draw every pattern that fusion knows, and nodes with a second user that must stay apart.
var fusedModels = []struct {
	name  string
	model Model
	ops   map[Mode]string // the forward ops of the fused program, in the model's order
}{
	{"conv relu", func(b *Builder, x *Node) *Node {
		return b.Linear("f", b.Flatten(b.ReLU(b.Conv2D("c", x, 3, 3))), 5)
	}, map[Mode]string{Train: "Conv2D c ReLU, Flatten, Linear f", Eval: "Conv2D c ReLU, Flatten, Linear f"}},
	{"conv relu pool", func(b *Builder, x *Node) *Node {
		return b.Linear("f", b.Flatten(b.MaxPool2D(b.ReLU(b.Conv2D("c", x, 3, 3)), 2)), 5)
	}, map[Mode]string{
		Train: "Conv2D c, ReLU MaxPool2D, Flatten, Linear f",
		Eval:  "Conv2D c, ReLU MaxPool2D, Flatten, Linear f",
	}},
	{"conv pool relu", func(b *Builder, x *Node) *Node {
		return b.Linear("f", b.Flatten(b.ReLU(b.MaxPool2D(b.Conv2D("c", x, 3, 3), 3, Stride(2), Padding(1)))), 5)
	}, map[Mode]string{
		Train: "Conv2D c, ReLU MaxPool2D, Flatten, Linear f",
		Eval:  "Conv2D c, ReLU MaxPool2D, Flatten, Linear f",
	}},
	{"conv norm relu pool", func(b *Builder, x *Node) *Node {
		return b.Linear("f", b.Flatten(b.MaxPool2D(b.ReLU(b.BatchNorm("n", b.Conv2D("c", x, 3, 3))), 2)), 5)
	}, map[Mode]string{
		Train: "Conv2D c, BatchNorm n ReLU MaxPool2D, Flatten, Linear f",
		Eval:  "BatchNorm n weight, BatchNorm n bias, Conv2D c BatchNorm n, ReLU MaxPool2D, Flatten, Linear f",
	}},
	{"conv norm relu", func(b *Builder, x *Node) *Node {
		return b.Linear("f", b.Flatten(b.ReLU(b.BatchNorm("n", b.Conv2D("c", x, 3, 3, NoBias()), NoAffine()))), 5)
	}, map[Mode]string{
		Train: "Conv2D c, BatchNorm n ReLU, Flatten, Linear f",
		Eval:  "BatchNorm n weight, BatchNorm n bias, Conv2D c BatchNorm n ReLU, Flatten, Linear f",
	}},
	{"linear norm relu", func(b *Builder, x *Node) *Node {
		return b.Linear("g", b.ReLU(b.BatchNorm("n", b.Linear("f", b.Flatten(x), 7))), 5)
	}, map[Mode]string{
		Train: "Flatten, Linear f, BatchNorm n ReLU, Linear g",
		Eval:  "Flatten, BatchNorm n weight, BatchNorm n bias, Linear f BatchNorm n ReLU, Linear g",
	}},
	{"conv used twice", func(b *Builder, x *Node) *Node {
		h := b.Conv2D("c", x, 3, 3)
		return b.Linear("f", b.Flatten(b.Try(gorgonia.Add(b.ReLU(h), h))), 5)
	}, map[Mode]string{Train: "Conv2D c, ReLU, Flatten, Linear f", Eval: "Conv2D c, ReLU, Flatten, Linear f"}},
	{"norm used twice", func(b *Builder, x *Node) *Node {
		h := b.BatchNorm("n", b.Conv2D("c", x, 3, 3))
		return b.Linear("f", b.Flatten(b.Try(gorgonia.Add(b.ReLU(h), h))), 5)
	}, map[Mode]string{
		Train: "Conv2D c, BatchNorm n, ReLU, Flatten, Linear f",
		Eval:  "BatchNorm n weight, BatchNorm n bias, Conv2D c BatchNorm n, ReLU, Flatten, Linear f",
	}},
	{"rectified norm used twice", func(b *Builder, x *Node) *Node {
		h := b.ReLU(b.BatchNorm("n", b.Conv2D("c", x, 3, 3, Padding(1))))
		return b.Linear("f", b.Flatten(b.Try(gorgonia.Add(b.MaxPool2D(h, 3, Stride(1), Padding(1)), h))), 5)
	}, map[Mode]string{
		Train: "Conv2D c, BatchNorm n ReLU, MaxPool2D, Flatten, Linear f",
		Eval:  "BatchNorm n weight, BatchNorm n bias, Conv2D c BatchNorm n ReLU, MaxPool2D, Flatten, Linear f",
	}},
	{"virtual batches relu pool", func(b *Builder, x *Node) *Node {
		return b.Linear("f", b.Flatten(b.MaxPool2D(b.ReLU(b.BatchNorm("n", b.Conv2D("c", x, 3, 3), Ghost(3))), 2)), 5)
	}, nil},
	{"renorm relu pool", func(b *Builder, x *Node) *Node {
		h := b.BatchNorm("n", b.Conv2D("c", x, 3, 3), Renorm{RMax: 3, DMax: 5}, Ghost(2))
		return b.Linear("f", b.Flatten(b.MaxPool2D(b.ReLU(h), 3)), 5)
	}, nil},
	{"norm without statistics", func(b *Builder, x *Node) *Node {
		return b.Linear("f", b.Flatten(b.MaxPool2D(b.ReLU(b.BatchNorm("n", b.Conv2D("c", x, 3, 3), NoStats())), 2)), 5)
	}, map[Mode]string{
		Train: "Conv2D c, BatchNorm n ReLU MaxPool2D, Flatten, Linear f",
		Eval:  "Conv2D c, BatchNorm n ReLU MaxPool2D, Flatten, Linear f",
	}},
	{"residual block", func(b *Builder, x *Node) *Node {
		h := b.ReLU(b.BatchNorm("m", b.Conv2D("c", x, 3, 3, Padding(1))))
		return b.Linear("f", b.Flatten(b.ReLU(b.Add(h, b.BatchNorm("n", b.Conv2D("d", h, 3, 3, Padding(1)))))), 5)
	}, map[Mode]string{
		Train: "Conv2D c, BatchNorm m ReLU, Conv2D d, BatchNorm n Add ReLU, Flatten, Linear f",
		Eval: "BatchNorm m weight, BatchNorm m bias, Conv2D c BatchNorm m ReLU, BatchNorm n weight, BatchNorm n bias, " +
			"Conv2D d BatchNorm n, Add ReLU, Flatten, Linear f",
	}},
	{"a sum of two norms", func(b *Builder, x *Node) *Node {
		h := b.BatchNorm("m", b.Conv2D("c", x, 3, 1))
		return b.Linear("f", b.Flatten(b.Add(b.BatchNorm("n", b.Conv2D("d", x, 3, 1)), h)), 5)
	}, map[Mode]string{Train: "Conv2D d, Conv2D c, BatchNorm m, BatchNorm n Add, Flatten, Linear f"}},
	{"summed norm used twice", func(b *Builder, x *Node) *Node {
		h := b.BatchNorm("n", b.Conv2D("c", x, 3, 3))
		return b.Linear("f", b.Flatten(b.Add(b.Scale(h, 2), b.ReLU(b.Add(h, b.Scale(h, -3))))), 5)
	}, map[Mode]string{
		Train: "Conv2D c, BatchNorm n, Scale, Scale, Add ReLU, Add, Flatten, Linear f",
	}},
	{"the small net", convNet, nil},
}

// Fused and unfused programs agree: to the bit in logits, loss and running statistics of training programs; within 1e-6
// in gradients, whose sums are added in another order, and in evaluation, where normalization is folded into weights.
func TestFusedAgreesWithUnfused(t *testing.T) {
	for _, c := range fusedModels {
		for _, mode := range []Mode{Train, Eval} {
			t.Run(fmt.Sprintf("%s/%v", c.name, mode), func(t *testing.T) {
				x, labels := batch(6, 8)
				programs, params := [2]*Program{}, [2]*Params{}
				for i := range programs {
					params[i] = NewParams(4, tensor.Float32)
					warm := compile(t, c.model, params[i], Train, 6, 1, 10, 10) // moves the running statistics off their start
					for range 3 {
						run(t, warm, x, labels)
					}
					for _, p := range params[i].Trainable() {
						if p.kind == NormWeight {
							copy(p.value.Float32s(), []float32{-0.5, 0, 1.5})
						}
					}
					var err error
					if programs[i], err = Compile(c.model, params[i],
						Config{Mode: mode, Shape: tensor.Shape{6, 1, 10, 10}, Fuse: i == 1}); err != nil {
						t.Fatal(err)
					}
					run(t, programs[i], x, labels)
				}
				plain, fused := programs[0], programs[1]
				tol := 0.0
				if mode == Eval {
					tol = 1e-6
				}
				near(t, "logits", floats(fused.Logits()), floats(plain.Logits()), tol)
				near(t, "loss", []float64{fused.Loss()}, []float64{plain.Loss()}, tol)
				for i, v := range plain.Gradients() {
					want, _ := v.Grad()
					got, _ := fused.Gradients()[i].Grad()
					near(t, "d"+v.(*Gradient).param.name, floats(got), floats(want), 1e-6)
				}
				after := snapshot(params[1])
				for name, want := range snapshot(params[0]) {
					if !slices.Equal(after[name], want) {
						t.Errorf("%s differs after a fused run", name)
					}
				}
			})
		}
	}
}

// The patterns are really recognised, and each layer runs once.
func TestFusionTakesWhatItShould(t *testing.T) {
	for _, c := range fusedModels {
		for mode, want := range c.ops {
			cfg := Config{Mode: mode, Shape: tensor.Shape{6, 1, 10, 10}, Fuse: true}
			p, err := Compile(c.model, NewParams(1, tensor.Float32), cfg)
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, n := range upstream(p.logits.node) {
				if o, ok := n.Op().(*op); ok && !o.stock {
					names = append(names, o.name)
				}
			}
			if got := strings.Join(names, ", "); got != want {
				t.Errorf("%s, %v: ops %q, want %q", c.name, mode, got, want)
			}
		}
	}
}

// Compile lets a model draw itself again when it has fused a layer whose own result is needed too.
func TestModelDrawsItselfAgain(t *testing.T) {
	for _, c := range fusedModels {
		calls := 0
		model := func(b *Builder, x *Node) *Node {
			calls++
			return c.model(b, x)
		}
		_, err := Compile(model, NewParams(1, tensor.Float32),
			Config{Mode: Train, Shape: tensor.Shape{6, 1, 10, 10}, Fuse: true})
		if err != nil {
			t.Fatal(err)
		}
		want := 1
		if strings.HasSuffix(c.name, "used twice") {
			want = 2
		}
		if calls != want {
			t.Errorf("%s: the model was called %d times, want %d", c.name, calls, want)
		}
	}
}
