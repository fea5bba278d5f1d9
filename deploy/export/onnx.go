// Package export writes trained models for other runtimes: ONNX, which ONNX Runtime, browsers, phones and inference
// servers read.
package export

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"

	"anneal/graph"
	"anneal/internal/wire"
)

const (
	irVersion = 8  // of ONNX 1.12
	opset     = 17 // of ONNX 1.12
)

// The graph's input and output.
const (
	Input  = "input"
	Logits = "logits"
)

// Options say how ONNX writes the model and what it says of it.
type Options struct {
	// Fold writes every BatchNorm that follows a Conv2D or Linear as part of that layer's weight and bias, unless
	// something else uses the layer's result, too.
	Fold bool
	Name string // of the graph; "": "anneal"
	Doc  string // what a user of the file must know, such as how the input is normalised
	// Result says what the graph's result is; "": class scores before softmax.
	Result string
	// Metadata goes into the file's metadata_props.
	Metadata map[string]string
}

// ONNX writes the evaluation form of model with the values of params as an ONNX file: opset 17, everything in float32,
// input [batch, sample...] and output logits [batch, classes] for batches of any size. The file has the shapes of the
// values between them, except behind operators of custom ops that graph's layers do not write. sample is the shape of
// one input, such as [1, 28, 28]. Further inputs and outputs have their own names, and integers are int32; "logits" is
// the model's own result, whatever that is. The weights keep PyTorch's names. The same model and values give the same
// bytes.
//
// ONNX writes every layer of graph's Builder and three of Gorgonia's own ops: Add of two layers, Sigmoid and Tanh. Any
// other op is an error that names it, and so is a Slice along the first axis.
//
// Folding gives the bits of a program that is compiled with Fuse:
//
//	weight' = weight·gamma/√(var + eps),  bias' = beta + (bias − mean)·gamma/√(var + eps)
//
// The file then has no running statistics of that layer. Its weight and bias are the folded ones, under their old
// names.
//
// https://github.com/onnx/onnx/blob/v1.12.0/onnx/onnx.proto and docs/Operators.md.
func ONNX(w io.Writer, model graph.Model, params *graph.Params, sample []int, o Options) error {
	if len(sample) == 0 || slices.Min(sample) < 1 {
		return fmt.Errorf("export: sample shape %v: want every size at least 1", sample)
	}
	layers, err := graph.Describe(model, params, append([]int{1}, sample...))
	if err != nil {
		return err
	}
	if len(layers) == 0 {
		return errors.New("export: the model has no layers")
	}
	e := newEncoder(layers, sync.OnceValues(func() ([]graph.Layer, error) {
		twice, err := graph.Describe(model, params, append([]int{2}, sample...))
		if err != nil {
			return nil, fmt.Errorf("a batch of two: %w", err)
		}
		return twice, nil
	}))
	if o.Fold {
		e.fold()
	}
	for at := range layers {
		if err := e.encode(at); err != nil {
			return fmt.Errorf("export: %w", err)
		}
	}
	o.Name = cmp.Or(o.Name, "anneal")
	o.Result = cmp.Or(o.Result, "Class scores before softmax, for inputs in batches of any size.")

	inputs, outputs := e.ends(sample)
	e.prune()
	var g wire.Message
	for _, n := range e.nodes {
		g.Bytes(1, n.proto()) // node
	}
	g.Text(2, o.Name) // name
	for _, t := range e.tensors {
		g.Bytes(5, t.proto()) // initializer
	}
	g.Text(10, o.Result) // doc_string
	for _, in := range inputs {
		g.Bytes(11, in) // input
	}
	for _, out := range outputs {
		g.Bytes(12, out) // output
	}
	for _, value := range e.valueInfos(sample) {
		g.Bytes(13, value) // value_info
	}

	var version wire.Message
	version.Int(2, opset) // version
	var m wire.Message
	m.Int(1, irVersion) // ir_version
	m.Text(2, "anneal") // producer_name
	m.Text(6, o.Doc)    // doc_string
	m.Bytes(7, g)       // graph
	m.Bytes(8, version) // opset_import
	for _, key := range slices.Sorted(maps.Keys(o.Metadata)) {
		var entry wire.Message
		entry.Text(1, key)             // key
		entry.Text(2, o.Metadata[key]) // value
		m.Bytes(14, entry)             // metadata_props
	}
	_, err = w.Write(m)
	return err
}
