package groupnorm

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"gorgonia.org/tensor"

	"anneal/deploy/export"
	"anneal/graph"
	"anneal/graph/gradcheck"
)

func network(b *graph.Builder, x *graph.Node) *graph.Node {
	h := b.ReLU(GroupNorm(b, "norm", b.Conv2D("conv", x, 6, 3), 3))
	return b.Linear("fc", b.Flatten(b.GlobalAvgPool2D(h)), 4)
}

func TestGradients(t *testing.T) {
	draw := func(b *graph.Builder, x *graph.Node) *graph.Node { return GroupNorm(b, "norm", x, 2) }
	if err := gradcheck.Check(draw, tensor.Shape{3, 4, 3, 5}, gradcheck.Options{}); err != nil {
		t.Error(err)
	}
	if err := gradcheck.Check(network, tensor.Shape{2, 2, 5, 5}, gradcheck.Options{}); err != nil {
		t.Error(err)
	}
}

// batch makes images of four classes: waves of four lengths.
func batch(n int) (*tensor.Dense, []int32) {
	x, labels := make([]float32, n*2*64), make([]int32, n)
	for i := range labels {
		labels[i] = int32(i % 4)
		for j := range 128 {
			x[i*128+j] = float32(math.Sin(float64(j*(1+i%4))/3 + float64(i*i)))
		}
	}
	return tensor.New(tensor.WithShape(n, 2, 8, 8), tensor.WithBacking(x)), labels
}

// It trains on the machine; without the machine the network computes the same bits; and it is exported.
func TestTrainsRunsAndExports(t *testing.T) {
	params := graph.NewParams(1, tensor.Float32)
	x, labels := batch(32)
	p, err := graph.Compile(network, params, graph.Config{Mode: graph.Train, Shape: x.Shape(), Fuse: true})
	if err != nil {
		t.Fatal(err)
	}
	first := 0.0
	for step := range 150 {
		if err := p.Run(x, labels); err != nil {
			t.Fatal(err)
		}
		if step == 0 {
			first = p.Loss()
		}
		for _, g := range p.Gradients() {
			d, err := g.Grad()
			if err != nil {
				t.Fatal(err)
			}
			w := graph.Floats[float32](g.Value())
			for i, v := range graph.Floats[float32](d) {
				w[i] -= 0.3 * v
			}
		}
	}
	if !(p.Loss() < first/4) {
		t.Errorf("the loss went from %v to %v", first, p.Loss())
	}
	var logits [2][]float32
	for i := range logits {
		p, err := graph.Compile(network, params, graph.Config{Mode: graph.Eval, Shape: x.Shape(), Fuse: true, Direct: i == 1})
		if err == nil {
			err = p.Run(x, labels)
		}
		if err != nil {
			t.Fatal(err)
		}
		logits[i] = append([]float32(nil), p.Logits().Float32s()...)
	}
	for i, v := range logits[0] {
		if logits[1][i] != v {
			t.Fatalf("logit %d: %v without the machine, %v with it", i, logits[1][i], v)
		}
	}
	layers, err := graph.Describe(network, params, x.Shape())
	if err != nil || layers[1].String() != "GroupNorm" || len(layers[1].Params) != 2 {
		t.Errorf("layers %v, error %v", layers, err)
	}

	folder := os.Getenv("OUT")
	if folder == "" {
		folder = t.TempDir()
	}
	file, err := os.Create(filepath.Join(folder, "groupnorm.onnx"))
	if err == nil {
		err = export.ONNX(file, network, params, []int{2, 8, 8}, export.Options{})
	}
	if err == nil {
		err = file.Close()
	}
	for name, values := range map[string][]float32{"x": x.Float32s(), "logits": logits[0]} {
		raw := make([]byte, 0, 4*len(values))
		for _, v := range values {
			bits := math.Float32bits(v)
			raw = append(raw, byte(bits), byte(bits>>8), byte(bits>>16), byte(bits>>24))
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, name), raw, 0o666)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}
