package diagram

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/graph"
)

// branching has a fork, a parameter of its own in a stock op, stock gradients and dropout.
func branching(b *graph.Builder, x *graph.Node) *graph.Node {
	h := b.BatchNorm("n", b.Conv2D("c", x, 3, 3, graph.Padding(1)))
	h = b.Try(gorgonia.Add(b.MaxPool2D(b.ReLU(h), 3, graph.Stride(1), graph.Padding(1)), h))
	h = b.Dropout("drop", b.Try(gorgonia.Tanh(b.Flatten(b.GlobalAvgPool2D(h)))), 0.5)
	w := b.Param("own.weight", graph.Weight, tensor.Shape{3, 5}, graph.DefaultInit, graph.Fan{In: 3, Out: 5})
	if b.Err() != nil {
		return nil
	}
	return b.Try(gorgonia.Mul(h, w))
}

// compile compiles model for 6 images of 1×10×10.
func compile(t *testing.T, model graph.Model, cfg graph.Config) *graph.Program {
	t.Helper()
	cfg.Shape = tensor.Shape{6, 1, 10, 10}
	p, err := graph.Compile(model, graph.NewParams(0, tensor.Float32), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// lines are a diagram's boxes and arrows, by their titles.
func lines(d *Diagram) (boxes, arrows []string) {
	titles := make(map[string]string)
	for _, l := range d.Layers {
		row := l.Name + ":"
		for _, column := range [][]Box{l.Parameters, l.Forward, l.Backward, l.Gradients} {
			var names []string
			for _, b := range column {
				titles[b.ID] = b.Title
				names = append(names, b.Title)
			}
			row += " [" + strings.Join(names, ", ") + "]"
		}
		boxes = append(boxes, row)
	}
	for _, a := range d.Arrows {
		line := fmt.Sprintf("%s -> %s", titles[a.From], titles[a.To])
		if a.Kept {
			line += " (" + a.Label + ")"
		}
		arrows = append(arrows, line)
	}
	return boxes, arrows
}

func TestOf(t *testing.T) {
	model := func(b *graph.Builder, x *graph.Node) *graph.Node {
		return b.Linear("f", b.Flatten(b.ReLU(b.BatchNorm("n", b.Conv2D("c", x, 3, 3)))), 5)
	}
	boxes, arrows := lines(Of(compile(t, model, graph.Config{Mode: graph.Train})))
	want := []string{
		": [] [x] [] []",
		"c: [weight, bias] [Conv2D c] [] [∂ c.weight, ∂ c.bias]",
		"n: [weight, bias] [BatchNorm n] [BatchNorm n dx] [∂ n.weight, ∂ n.bias]",
		": [] [ReLU] [ReLU dx] []",
		": [] [Flatten] [Flatten] []",
		"f: [weight, bias] [Linear f] [Linear f dx] [∂ f.weight, ∂ f.bias]",
		": [labels] [CrossEntropy] [CrossEntropy dlogits] []",
	}
	if !slices.Equal(boxes, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(boxes, "\n"), strings.Join(want, "\n"))
	}
	want = []string{
		"x -> Conv2D c", "weight -> Conv2D c", "bias -> Conv2D c",
		"Conv2D c -> BatchNorm n", "weight -> BatchNorm n", "bias -> BatchNorm n",
		"BatchNorm n -> ReLU", "ReLU -> Flatten", "Flatten -> Linear f", "weight -> Linear f", "bias -> Linear f",
		"Linear f -> CrossEntropy", "labels -> CrossEntropy",
		"CrossEntropy -> CrossEntropy dlogits",
		"CrossEntropy dlogits -> Linear f dx", "Linear f -> Linear f dx (x, weight, y)", "Linear f dx -> ∂ f.weight",
		"Linear f dx -> ∂ f.bias",
		"Linear f dx -> Flatten", "Flatten -> ReLU dx", "ReLU -> ReLU dx (y)",
		"ReLU dx -> BatchNorm n dx", "BatchNorm n -> BatchNorm n dx (x, weight, bias, y)", "BatchNorm n dx -> ∂ n.weight",
		"BatchNorm n dx -> ∂ n.bias",
		"BatchNorm n dx -> ∂ c.weight", "Conv2D c -> ∂ c.weight (x, weight, y)", "BatchNorm n dx -> ∂ c.bias",
	}
	slices.Sort(arrows)
	slices.Sort(want)
	if !slices.Equal(arrows, want) {
		t.Errorf("got arrows\n%s\nwant\n%s", strings.Join(arrows, "\n"), strings.Join(want, "\n"))
	}

	boxes, _ = lines(Of(compile(t, model, graph.Config{Mode: graph.Eval, Fuse: true})))
	want = []string{
		": [] [x] [] []",
		"c, n: [c.weight, n.running_var, n.weight, n.running_mean, n.bias, c.bias] " +
			"[BatchNorm n weight, BatchNorm n bias] [] []",
		": [] [Conv2D c BatchNorm n ReLU] [] []",
		": [] [Flatten] [] []",
		"f: [weight, bias] [Linear f] [] []",
		": [labels] [CrossEntropy] [] []",
	}
	if !slices.Equal(boxes, want) {
		t.Errorf("folded: got\n%s\nwant\n%s", strings.Join(boxes, "\n"), strings.Join(want, "\n"))
	}
}

// Each node of a program is one box, and each thing that it takes has an arrow or stands on one.
func TestOfIsWhole(t *testing.T) {
	for _, m := range []struct {
		name  string
		model graph.Model
	}{
		{"branching", branching},
		{"conv relu pool", func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.Linear("f", b.Flatten(b.MaxPool2D(b.ReLU(b.Conv2D("c", x, 3, 3)), 2)), 5)
		}},
		{"conv norm relu", func(b *graph.Builder, x *graph.Node) *graph.Node {
			h := b.BatchNorm("n", b.Conv2D("c", x, 3, 3, graph.NoBias()), graph.NoAffine())
			return b.Linear("f", b.Flatten(b.ReLU(h)), 5)
		}},
		{"linear norm relu", func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.Linear("g", b.ReLU(b.BatchNorm("n", b.Linear("f", b.Flatten(x), 7))), 5)
		}},
		{"conv used twice", func(b *graph.Builder, x *graph.Node) *graph.Node {
			h := b.Conv2D("c", x, 3, 3)
			return b.Linear("f", b.Flatten(b.Try(gorgonia.Add(b.ReLU(h), h))), 5)
		}},
	} {
		for _, cfg := range []graph.Config{
			{Mode: graph.Train},
			{Mode: graph.Train, Fuse: true},
			{Mode: graph.Eval},
			{Mode: graph.Eval, Fuse: true},
		} {
			name := fmt.Sprintf("%s, %v, fused %v", m.name, cfg.Mode, cfg.Fuse)
			p := compile(t, m.model, cfg)
			d, gradients := Of(p), 0
			ids := make(map[string]bool)
			for _, l := range d.Layers {
				for _, b := range slices.Concat(l.Parameters, l.Forward, l.Backward, l.Gradients) {
					if ids[b.ID] || b.Title == "" {
						t.Errorf("%s: %s is there twice, or has no title: %+v", name, b.ID, b)
					}
					ids[b.ID] = true
				}
				gradients += len(l.Gradients)
			}
			if len(ids) != len(p.Nodes()) || gradients != len(p.Gradients()) {
				t.Errorf("%s: got %d boxes and %d gradients, want %d and %d",
					name, len(ids), gradients, len(p.Nodes()), len(p.Gradients()))
			}
			reached := make(map[string]bool)
			for _, a := range d.Arrows {
				if !ids[a.From] || !ids[a.To] || a.From == a.To {
					t.Errorf("%s: arrow %+v", name, a)
				}
				reached[a.To] = true
			}
			for _, l := range d.Layers {
				for _, b := range slices.Concat(l.Forward, l.Backward, l.Gradients) {
					if !reached[b.ID] && b.Kind != Input {
						t.Errorf("%s: no arrow leads to %s", name, b.Title)
					}
				}
			}
			again := Of(compile(t, m.model, cfg))
			if string(again.SVG()) != string(d.SVG()) || string(again.DOT()) != string(d.DOT()) {
				t.Errorf("%s: drawn again it is another drawing", name)
			}
		}
	}
}
