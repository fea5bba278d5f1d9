package models

import (
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"anneal/graph"
)

// Every network of classes gives as many logits as its name says, whatever the channels, and every regression as many
// values.
func TestSizes(t *testing.T) {
	for _, e := range All() {
		name, err := WithSize(e.Name, 37)
		if err != nil {
			t.Fatal(err)
		}
		want := e.Name + "(classes=37)"
		shape, result := tensor.Shape{2, 3, 28, 28}, tensor.Shape{2, 37}
		switch e.Name {
		case "autoencoder":
			want, result = e.Name, shape
		case "mlp-regression":
			want = e.Name + "(values=37)"
		}
		if e.Tokens {
			shape = tensor.Shape{2, 12}
		}
		if name != want {
			t.Errorf("37 of %s: %s, want %s", e.Name, name, want)
		}
		model, err := Get(name)
		if err != nil {
			t.Fatal(err)
		}
		layers, err := graph.Describe(model, graph.NewParams(1, tensor.Float32), shape)
		if err != nil {
			t.Fatal(err)
		}
		if got := layers[len(layers)-1].Shape; !got.Eq(result) {
			t.Errorf("%s: result %v, want %v", name, got, result)
		}
	}
}

// A name has a norm and a size in any order, one way to write them, and its own size is not written.
func TestNamesOfVariants(t *testing.T) {
	name, err := WithSize("resnet8(norm=group(groups=2))", 3)
	if err != nil || name != "resnet8(norm=group(groups=2), classes=3)" {
		t.Errorf("got %q, %v", name, err)
	}
	if again, err := WithNorm(name, "renorm(r_max=2, d_max=1)"); err != nil ||
		again != "resnet8(norm=renorm(r_max=2.0, d_max=1.0), classes=3)" {
		t.Errorf("with another norm: %q, %v", again, err)
	}
	if base, err := Base(name); err != nil || base != "resnet8" {
		t.Errorf("the base of %s is %q, %v", name, base, err)
	}
	for _, c := range []struct {
		name string
		size int
		want string
	}{
		{"lenet", 10, "lenet"},
		{"lenet(classes=4)", 37, "lenet(classes=4)"},
		{"mlp-regression", 1, "mlp-regression"},
		{"lenet-bn(classes=4, norm=none)", 2, "lenet-bn(classes=4, norm=none)"},
		{"autoencoder", 10, "autoencoder"},
	} {
		if got, err := WithSize(c.name, c.size); err != nil || got != c.want {
			t.Errorf("%d of %s: %q, %v, want %s", c.size, c.name, got, err, c.want)
		}
	}
	for name, want := range map[string]string{
		"lenet(classes=0)":             `models: lenet: classes is "0": want a whole number of at least 1`,
		"lenet(classes=a)":             `classes is "a"`,
		"lenet(values=3)":              `there is no model "lenet(values=3)": want lenet or lenet(classes=…)`,
		"resnet8(norm=)":               `"resnet8(norm=)": want resnet8 or resnet8(norm=…, classes=…)`,
		"resnet8(classes=3":            `"resnet8(classes=3": want resnet8 or resnet8(norm=…, classes=…)`,
		"autoencoder(norm=":            `want autoencoder`,
		"lenet(classes=3, classes=4)":  `there is no model`,
		"mlp-regression(classes=3)":    `there is no model`,
		"autoencoder(values=3)":        "models: autoencoder has no other number of values than its own",
		"resnet8(norm=none(classes=3)": "norm",
	} {
		if _, err := Get(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %s", name, err, want)
		}
	}
	if _, err := WithSize("lenet", 0); err == nil || !strings.Contains(err.Error(), "0 classes: want at least 1") {
		t.Errorf("no class: error %v", err)
	}
}

// A network of a user's own has a size and a loss as ours have.
func TestAdd(t *testing.T) {
	unregister(t)
	own := func(size int) graph.Model {
		return func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Linear("fc", b.Flatten(x), size) }
	}
	if err := Add(Entry{Name: "own", About: "one linear layer", Sized: own}); err != nil {
		t.Fatal(err)
	}
	if err := Add(Entry{Name: "line", About: "a line", Sized: own, Loss: graph.L1{}}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int{"own": 10, "own(classes=3)": 3, "line": 1, "line(values=2)": 2} {
		model, err := Get(name)
		if err != nil {
			t.Fatal(err)
		}
		layers, err := graph.Describe(model, graph.NewParams(1, tensor.Float32), tensor.Shape{5, 4})
		if err != nil {
			t.Fatal(err)
		}
		if got := layers[len(layers)-1].Shape; !got.Eq(tensor.Shape{5, want}) {
			t.Errorf("%s: result %v, want %d numbers", name, got, want)
		}
	}
	if loss, err := LossOf("line(values=2)"); err != nil || loss != (graph.L1{}) {
		t.Errorf("the loss is %v, %v", loss, err)
	}
	if loss, err := LossOf("own"); err != nil || loss != nil {
		t.Errorf("the loss is %v, %v", loss, err)
	}
}
