package graph

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Watched is a layer that has parameters, with what the last Run of a program computed there. Its tensors and slices
// belong to the program: the next Run overwrites them.
//
// A layer of the Builder is one op. Stock ops that combine parameters with activations are grouped into a layer by the
// parameters' layer, as Param.Layer names it. The layer's value is the last op's result.
type Watched struct {
	Layer // Params are those of the layer that Name names; Inputs is not set

	value, gradient, rectified result
	statistics                 func() (mean, variance []float64)
}

// Value returns the layer's result, [N, ...].
func (w *Watched) Value() *tensor.Dense { return dense(w.value.value) }

// Gradient returns ∂loss/∂Value. It is nil in evaluation programs, and if no parameter's gradient depends on it.
func (w *Watched) Gradient() *tensor.Dense { return w.gradient.dense() }

// Rectified returns the result of the ReLU that follows the layer, directly or after pooling and other layers without
// parameters. It is nil if no ReLU follows.
func (w *Watched) Rectified() *tensor.Dense { return w.rectified.dense() }

// Statistics returns the batch's mean and biased variance, one of each per channel, if the layer is a BatchNorm of a
// training program. Otherwise it returns nil.
func (w *Watched) Statistics() (mean, variance []float64) {
	if w.statistics == nil {
		return nil, nil
	}
	return w.statistics()
}

// dense returns r's value, or nil if r has no node.
func (r *result) dense() *tensor.Dense {
	if r.value == nil {
		return nil
	}
	return dense(r.value)
}

// inputOf returns the input of the layer of that name.
func (b *Builder) inputOf(layer string) (*Node, error) {
	n, ok := b.inputs[layer]
	if !ok {
		names := strings.Join(slices.Sorted(maps.Keys(b.inputs)), ", ")
		return nil, fmt.Errorf("graph: there is no layer %q: want one of %s", layer, names)
	}
	return n, nil
}

// watch finds the layers that the outputs depend on and returns the results that the program must compute. A training
// program must have its gradients already.
func (p *Program) watch(b *Builder) []*result {
	w := watcher{
		batch: p.shape[0], owner: make(map[*Node]string), flows: map[*Node]bool{p.x: true},
		latest: make(map[*Node]*found), layers: make(map[string]*found), owners: make(map[string]bool),
	}
	for param, n := range b.drawn {
		w.owner[n], w.owners[param.Layer()] = param.Layer(), true
	}
	for _, f := range p.feeds {
		w.flows[f.node] = true
	}
	for i, n := range upstream(p.ends()...) {
		if n.Op() != nil {
			w.visit(i, n)
		}
	}
	var results []*result
	for _, f := range slices.SortedFunc(maps.Values(w.layers), func(a, b *found) int { return a.at - b.at }) {
		l := &Watched{Layer: f.layer}
		l.Shape = f.value.Shape()
		for _, param := range b.params.list {
			if b.drawn[param] != nil && param.Layer() == l.Name {
				l.Params = append(l.Params, param)
			}
		}
		if o, ours := f.value.Op().(*op); ours {
			l.statistics = o.statistics
		}
		results = append(results, l.value.at(f.value))
		if dy := f.value.Deriv(); dy != nil {
			results = append(results, l.gradient.at(dy))
		}
		if f.relu != nil {
			results = append(results, l.rectified.at(f.relu))
		}
		p.watched = append(p.watched, l)
	}
	return results
}

// watcher visits a model's nodes, each after those that it needs, and finds the layers that have parameters.
type watcher struct {
	batch  int
	flows  map[*Node]bool    // nodes through which a gradient could reach the model's input
	owner  map[*Node]string  // the layer of each parameter and of each node that depends on parameters alone
	owners map[string]bool   // the layers that have parameters
	latest map[*Node]*found  // the latest layer that a node depends on
	layers map[string]*found // by name
}

// found is a layer.
type found struct {
	layer       Layer
	at          int // of value, in the order of the visits
	value, relu *Node
}

// visit takes the next node.
func (w *watcher) visit(at int, n *Node) {
	takes := children(n)
	wrt := make([]bool, len(takes))
	if differentiable, ok := n.Op().(gorgonia.SDOp); ok {
		wrt = differentiable.DiffWRT(len(takes))
	}
	owner := ""
	for i, c := range takes {
		if (wrt[i] || c.Dtype() == tensor.Int32 || n.Dtype() == tensor.Int32) && w.flows[c] {
			w.flows[n] = true
		} else if owner == "" {
			owner = w.owner[c]
		}
		if f := w.latest[c]; f != nil && (w.latest[n] == nil || f.at > w.latest[n].at) {
			w.latest[n] = f
		}
	}
	if !w.flows[n] {
		w.owner[n] = owner // a transposed weight is still its layer's
		return
	}
	layer := layerOf(n)
	if layer.Stock {
		layer.Name = owner
	} else if !w.owners[layer.Name] {
		layer.Name = ""
	}
	switch f := w.layers[layer.Name]; {
	case layer.Kind == "ReLU" && !layer.Stock:
		if f := w.latest[n]; f != nil && f.relu == nil {
			f.relu = n
		}
	case layer.Name == "" || n.Dims() < 2 || n.Shape()[0] != w.batch:
	case f == nil:
		f = &found{layer: layer, at: at, value: n}
		w.layers[layer.Name], w.latest[n] = f, f
	case f.layer.Stock:
		f.at, f.value, w.latest[n] = at, n, f
	}
}
