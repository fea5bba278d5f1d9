package export

import (
	"bytes"
	"slices"
	"testing"

	"gorgonia.org/tensor"

	"anneal/graph"
)

// Operators of a custom op that this package does not know, or in forms that it does not know, have no shapes. The
// layers after them do.
func TestShapesOfCustomOp(t *testing.T) {
	custom := func(to graph.ONNX, in []string) (string, error) {
		noise := to.Node("RandomNormal", nil, graph.Attribute{Name: "shape", Value: []int{1}})
		conv := to.Node("Conv", []string{in[0], to.Floats([]int{2, 2, 1, 1}, make([]float32, 4))})
		same := to.Node("MaxPool", in, graph.Attribute{Name: "auto_pad", Value: "SAME_UPPER"},
			graph.Attribute{Name: "kernel_shape", Value: []int{2, 2}})
		mean := to.Node("ReduceMean", []string{same}, graph.Attribute{Name: "keepdims", Value: 0})
		wide := to.Node("Expand", []string{mean, to.Node("Shape", in)})
		return to.Node("Add", []string{wide, to.Node("Mul", []string{conv, noise})}), nil
	}
	model := func(b *graph.Builder, x *graph.Node) *graph.Node {
		h := b.Op(graph.Op{
			Kind: "Custom", Inputs: []*graph.Node{x}, Shape: x.Shape(), ONNX: custom,
			Float32: func() graph.Plan[float32] { return graph.Plan[float32]{} },
		})
		return b.Linear("fc", b.Flatten(b.ReLU(h)), 3)
	}
	var b bytes.Buffer
	if err := ONNX(&b, model, graph.NewParams(1, tensor.Float32), []int{2, 3, 5}, Options{}); err != nil {
		t.Fatal(err)
	}
	f := decode(t, b.Bytes())
	want := []string{"shape 7 [4]", "add 1 [batch 2 3 5]", "relu 1 [batch 2 3 5]", "flatten 1 [batch 30]"}
	if !slices.Equal(f.values, want) {
		t.Errorf("values %q, want %q", f.values, want)
	}
}
