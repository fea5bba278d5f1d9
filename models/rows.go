package models

import (
	"fmt"
	"strings"

	"anneal/graph"
)

// GRURow is GRURows with ten classes and LayerNorm inside the cell. 62,730 parameters for images of [1, 28, 28].
func GRURow(b *graph.Builder, x *graph.Node) *graph.Node { return GRURows(10, Layer())(b, x) }

// LSTMRow is LSTMRows with ten classes and LayerNorm inside the cell. 83,466 parameters for images of [1, 28, 28].
func LSTMRow(b *graph.Builder, x *graph.Node) *graph.Node { return LSTMRows(10, Layer())(b, x) }

// GRURows returns the network that reads an image row by row, from the top. Each row is a step of a GRU with 128 hidden
// features, whose last state a linear layer turns into logits. Inside the cell is the norm layer, batch or none. x is
// [N, C, H, W], and a row has the pixels of all channels; the result is [N, classes].
//
// The names are those of PyTorch's self.rnn = GRU(C·W, 128, batch_first=True) and self.fc = Linear(128, classes).
func GRURows(classes int, n Norm) graph.Model {
	return func(b *graph.Builder, x *graph.Node) *graph.Node {
		return b.Linear("fc", b.GRU("rnn", rows(b, x), 128, inside(b, n)...).Last, classes)
	}
}

// LSTMRows returns GRURows with an LSTM in place of the GRU.
func LSTMRows(classes int, n Norm) graph.Model {
	return func(b *graph.Builder, x *graph.Node) *graph.Node {
		return b.Linear("fc", b.LSTM("rnn", rows(b, x), 128, inside(b, n)...).Last, classes)
	}
}

// insideKinds are the norms that there are inside a cell.
var insideKinds = []string{"layer", "batch", "none"}

// inside returns the option of a recurrent layer that n stands for.
func inside(b *graph.Builder, n Norm) []graph.RecurrentOption {
	switch n.(type) {
	case layerNorm:
		return []graph.RecurrentOption{graph.LayerNormInside()}
	case batchNorm:
		return []graph.RecurrentOption{graph.BatchNormInside()}
	case noNorm:
		return nil
	}
	b.Fail(fmt.Errorf("models: norm %s inside a cell: want one of %s", n, strings.Join(insideKinds, ", ")))
	return nil
}

// rows lays out images, [N, C, H, W], as sequences of their rows, [N, H, C·W].
func rows(b *graph.Builder, x *graph.Node) *graph.Node {
	if b.Err() != nil || x.Dims() != 4 {
		return x // the recurrent layer says what it wants
	}
	s := x.Shape()
	if s[1] > 1 {
		x = b.Transpose(x, 0, 2, 1, 3)
	}
	return b.Reshape(x, s[0], s[2], s[1]*s[3])
}
