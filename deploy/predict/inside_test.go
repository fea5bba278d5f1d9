package predict

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"anneal/graph"
)

// Inside shows each layer of a trained network in its order, with what comes before each normalization, and answers as
// Answer does.
func TestInside(t *testing.T) {
	p := trained(t, Options{})
	images, _ := testImages(t, 1)
	x, err := p.Normalise(images[0][:])
	if err != nil {
		t.Fatal(err)
	}
	want, err := p.Answer(x)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // compiled, and again
		var names []string
		got, err := p.Inside(x, func(list []Activation) {
			for i, a := range list {
				size := 1
				for _, n := range a.Shape {
					size *= n
				}
				if len(a.Values) != size || !slices.Equal(a.Takes, []int{i - 1}) {
					t.Errorf("%s: %d numbers of shape %v, taking %v", a.Kind, len(a.Values), a.Shape, a.Takes)
				}
				if a.Normalises != strings.HasSuffix(a.Name, "_bn") {
					t.Errorf("%s %s: normalises %v", a.Name, a.Kind, a.Normalises)
				}
				names = append(names, strings.TrimSpace(fmt.Sprint(a.Name, " ", a.Kind, " ", a.Shape)))
			}
			last := list[len(list)-1].Values
			for i, l := range want[0].Logits {
				if math.Abs(float64(last[i])-l) > 1e-4*max(1, math.Abs(l)) {
					t.Errorf("logit %d: got %v, want %v", i, last[i], l)
				}
			}
		})
		if err != nil || got.Class != want[0].Class {
			t.Errorf("got class %d, %v, want %d", got.Class, err, want[0].Class)
		}
		if text := strings.Join(names, "\n"); text != `conv1 Conv2D 5x5 [10 24 24]
conv1_bn BatchNorm [10 24 24]
ReLU [10 24 24]
MaxPool2D 2x2 [10 12 12]
conv2 Conv2D 5x5 [20 8 8]
conv2_bn BatchNorm [20 8 8]
ReLU [20 8 8]
MaxPool2D 2x2 [20 4 4]
fc1 Linear [50]
ReLU [50]
fc2 Linear [10]` {
			t.Errorf("got\n%s", text)
		}
	}
	if _, err := p.Inside(x[1:], nil); err == nil || !strings.Contains(err.Error(), "got 783 numbers, want 784") {
		t.Errorf("got %v", err)
	}
}

// The layers are counted with their parameters, those that two of them share once.
func TestLayers(t *testing.T) {
	shared := func(b *graph.Builder, x *graph.Node) *graph.Node {
		h := b.Flatten(x)
		b.Share(func() {
			for range 2 {
				h = b.ReLU(b.Linear("fc", h, 784))
			}
		})
		return b.Linear("out", b.BatchNorm("bn", h), 10)
	}
	p, err := New(shared, graph.NewParams(0, tensor.Float32), Options{})
	if err != nil {
		t.Fatal(err)
	}
	layers, err := p.Layers()
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, l := range layers {
		list = append(list, fmt.Sprint(l.Name, " ", l.Kind, " ", l.Shape, " ", l.Parameters))
	}
	want := []string{
		" Flatten [784] 0", "fc Linear [784] 615440", " ReLU [784] 0", "fc Linear [784] 0", " ReLU [784] 0",
		"bn BatchNorm [784] 1568", "out Linear [10] 7850",
	}
	if !slices.Equal(list, want) {
		t.Errorf("got %q, want %q", list, want)
	}
}

// Networks take the same samples if they were trained on the same data.
func TestSameSamples(t *testing.T) {
	a := trained(t, Options{})
	for want, change := range map[string]func(*Options){
		"":                                   func(*Options) {},
		"means [0.5]":                        func(o *Options) { o.Means = []float64{0.5} },
		"input tensors":                      func(o *Options) { o.XShape = []int{784} },
		"task labels":                        func(o *Options) { o.Task = Labels },
		"classes [a b]: want what the other": func(o *Options) { o.ClassNames = []string{"a", "b"} },
	} {
		b := trained(t, Options{})
		change(&b.options)
		if err := a.SameSamples(b); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// Classes without names are counted.
func TestSameSamplesUnnamed(t *testing.T) {
	four := func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Linear("fc", b.Flatten(x), 4) }
	other, err := New(four, graph.NewParams(0, tensor.Float32), Options{})
	if err != nil {
		t.Fatal(err)
	}
	const want = "predict: number of classes 4: want what the other network has, 10"
	if err := trained(t, Options{}).SameSamples(other); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
