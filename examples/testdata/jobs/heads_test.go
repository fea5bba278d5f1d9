package jobs

import (
	"testing"

	"gorgonia.org/tensor"

	"anneal/data"
	"anneal/graph"
	"anneal/graph/gradcheck"
	"anneal/train"
)

// heads has two inputs, x and a table, and two outputs: the class of x, and a sum of both.
func heads(b *graph.Builder, x *graph.Node) *graph.Node {
	picture := b.ReLU(b.Linear("picture", b.Flatten(x), 8))
	both := b.Concat(1, picture, b.ReLU(b.Linear("row", b.Input("table", 2), 8)))
	b.Output("sum", b.Linear("sum", both, 1))
	return b.Linear("class", picture, 2)
}

// tied is an autoencoder of flat samples whose decoder has the encoder's weight, transposed.
func tied(b *graph.Builder, x *graph.Node) *graph.Node {
	code := b.Linear("encode", x, 2, graph.NoBias())
	if b.Err() != nil {
		return nil
	}
	w := b.Param("encode.weight", graph.Weight, tensor.Shape{2, 6}, nil, graph.Fan{})
	return b.Linear("decode", code, 6, graph.WeightNode(b.Transpose(w, 1, 0)))
}

// Job: several inputs and outputs, an autoencoder, and tied weights.
func TestInputsHeadsAndTies(t *testing.T) {
	set := func(n int, seed uint64) *data.Tensors {
		x, table := normal(4*n, seed), normal(2*n, seed+10)
		sum, labels := make([]float32, n), make([]int32, n)
		for i := range n {
			sum[i] = x[4*i] + table[2*i]
			if x[4*i+1] > x[4*i+2] {
				labels[i] = 1
			}
		}
		d, err := data.NewTensors(data.Floats("x", x, 1, 2, 2), data.Floats("table", table, 2),
			data.Floats("sum", sum), data.Ints("labels", labels))
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	e := trained(t, train.Config{
		Model: heads, Train: set(2000, 1), Test: set(300, 2), Solver: adam(0.01),
		Loss: graph.Sum{{Loss: graph.CrossEntropy{}}, {Loss: graph.MSE{}, Output: "sum"}},
	}, 10).Epochs[9]
	if !(e.TestAccuracy > 0.95) || !(e.TestLoss < 0.25) {
		t.Errorf("accuracy %v, loss %v", e.TestAccuracy, e.TestLoss)
	}

	checkGradients(t, tied, tensor.Shape{3, 6}, gradcheck.Options{})
	plane := func(n int, seed uint64) *data.Tensors { // numbers that two explain
		two, x := normal(2*n, seed), make([]float32, 6*n)
		for i := range n {
			for c := range 3 {
				x[6*i+c], x[6*i+3+c] = two[2*i], two[2*i+1]
			}
		}
		d, err := data.NewTensors(data.Floats("x", x, 6))
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	r := trained(t, train.Config{
		Model: tied, Train: plane(1000, 1), Test: plane(100, 2), Solver: adam(0.01),
		Loss: graph.Term{Loss: graph.MSE{}, Target: "x"},
	}, 15)
	if loss := r.Epochs[14].TestLoss; !(loss < 0.01) || r.Params.Lookup("decode.weight") != nil {
		t.Errorf("test loss %v", loss)
	}
}
