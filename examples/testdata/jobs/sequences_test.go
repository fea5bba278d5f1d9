package jobs

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"gorgonia.org/tensor"

	"anneal/data"
	"anneal/deploy/export"
	"anneal/graph"
	"anneal/graph/gradcheck"
	"anneal/train"
)

// rows reads x, [N, T, C], with a GRU.
func rows(b *graph.Builder, x *graph.Node) *graph.Node {
	return b.Linear("fc", b.GRU("rnn", x, 8).Last, 3)
}

// attention reads x, [N, T] tokens, with an embedding and one layer of attention.
func attention(b *graph.Builder, x *graph.Node) *graph.Node {
	h := b.LearnedPositions("positions", b.Embedding("tokens", b.Ints(x), 6, 8))
	h = b.TransformerEncoderLayer("block", h, 2, 16, graph.TransformerDropout(0))
	return b.Linear("head", b.Mean(h, 1), 2)
}

// Job: a GRU and a transformer.
func TestSequences(t *testing.T) {
	checkGradients(t, rows, tensor.Shape{2, 4, 3}, gradcheck.Options{})
	tokens := []float64{0, 5, 2, 2, 1, 3, 4, 0}
	checkGradients(t, attention, tensor.Shape{2, 4}, gradcheck.Options{Input: tokens, FixedInput: true})

	// Whether token 5 comes before token 0.
	set := func(n int, seed uint64) *data.Tensors {
		r := rand.New(rand.NewPCG(seed, 0))
		x, labels := make([]int32, 6*n), make([]int32, n)
		for i := range n {
			s := x[6*i : 6*i+6]
			for j := range s {
				s[j] = 1 + r.Int32N(4)
			}
			places := r.Perm(6)
			s[places[0]], s[places[1]] = 5, 0
			if places[0] < places[1] {
				labels[i] = 1
			}
		}
		d, err := data.NewTensors(data.Ints("x", x, 6), data.Ints("labels", labels))
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	r := trained(t, train.Config{Model: attention, Train: set(2000, 1), Test: set(300, 2), Solver: adam(0.01)}, 8)
	if e := r.Epochs[7]; !(e.TestAccuracy > 0.95) {
		t.Errorf("test accuracy %v", e.TestAccuracy)
	}
	var file bytes.Buffer
	if err := export.ONNX(&file, attention, r.Params, []int{6}, export.Options{}); err != nil || file.Len() < 1000 {
		t.Errorf("a file of %d bytes, error %v", file.Len(), err)
	}
}
