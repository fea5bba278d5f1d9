package graph

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorgonia.org/gorgonia"
)

// differentiates says which of o's inputs have gradients: all but integers and buffers.
func (k *bound[T]) differentiates(b *Builder, o Op) []bool {
	wrt := make([]bool, len(o.Inputs))
	if k.get().Backward == nil {
		return wrt
	}
	for i, n := range o.Inputs {
		p := b.paramAt(n)
		wrt[i] = b.dtypeOf(n) == b.params.dtype && (p == nil || p.Trainable()) && !slices.Contains(o.fixed, i)
	}
	return wrt
}

// gradients draws the gradients of o's inputs. One run of the plan computes those of all inputs that depend on a
// trainable parameter: the op of the first of them runs it. Another run computes those of the others, which no program
// contains unless somebody asks for them.
func (k *bound[T]) gradients(o *op, in gorgonia.Nodes, out, dy *Node) (gorgonia.Nodes, error) {
	if k.get().Backward == nil {
		return nil, errors.New(o.name + " has no gradient")
	}
	b := o.b
	grads := make(gorgonia.Nodes, len(in))
	wrt := o.DiffWRT(len(in))
	if o.drawn.passes {
		for i := range grads {
			if wrt[i] {
				grads[i] = dy
			}
		}
		return grads, b.err
	}
	first := b.learned(in[0])
	for _, learned := range []bool{true, false} {
		group := make([]*op, len(in))
		var main *Node
		for i, n := range in {
			if !wrt[i] || b.learned(n) != learned {
				continue
			}
			if main != nil && o.drawn.alike {
				grads[i] = main
				continue
			}
			d := newOp[T](b, gradientName(b, o, in, i), n.Shape())
			group[i] = d
			if main != nil {
				grads[i] = b.expose(d, main)
				continue
			}
			d.flops = o.flops
			if learned && first && len(in) > 1 {
				d.flops *= 2
			}
			main = k.backward(o, d, group, in, out, dy)
			grads[i] = main
		}
	}
	return grads, b.err
}

// backward draws d, the op that computes the gradients of a group of o's inputs, and writes each to its op in group.
func (k *bound[T]) backward(o, d *op, group []*op, in gorgonia.Nodes, out, dy *Node) *Node {
	args, reads := []*Node{dy}, o.drawn.Reads
	var places []int
	for i := range in {
		if reads == nil || slices.Contains(reads, i) {
			args, places = append(args, in[i]), append(places, i)
		}
	}
	if reads == nil || slices.Contains(reads, Result) {
		args, places = append(args, out), append(places, Result)
	}
	d.sums = o.drawn.sums
	c := &Call[T]{X: make([][]T, len(in)), Ints: make([][]int32, len(in))}
	d.run = func(_ gorgonia.Value, v []gorgonia.Value) (err error) {
		if c.DX == nil {
			c.DX = make([][]T, len(in))
			for i, of := range group {
				if of == nil {
					continue
				}
				if c.DX[i], err = flat[T](of.output()); err != nil {
					return err
				}
			}
		}
		if c.DY, err = flat[T](v[0]); err != nil {
			return err
		}
		for at, place := range places {
			if place == Result {
				c.Y, err = flat[T](v[1+at])
			} else {
				err = c.take(place, v[1+at])
			}
			if err != nil {
				return err
			}
		}
		if len(v) > len(args) {
			if c.more, err = flat[T](v[len(args)]); err != nil {
				return err
			}
		}
		return k.get().Backward(c)
	}
	return d.b.apply(d, args...)
}

// gradientName returns the name of the op that computes the gradient of input i: o's with dx for the first input, what
// o calls it, or d and the parameter's name.
func gradientName(b *Builder, o *op, in gorgonia.Nodes, i int) string {
	names, p := o.drawn.gradients, b.paramAt(in[i])
	switch {
	case i < len(names):
		return strings.TrimSpace(o.name + " " + names[i])
	case i == 0:
		return o.name + " dx"
	case p != nil:
		return o.name + " d" + p.name[strings.LastIndexByte(p.name, '.')+1:]
	}
	return fmt.Sprintf("%s dx%d", o.name, i)
}

// learned reports whether n depends on a trainable parameter.
func (b *Builder) learned(n *Node) bool {
	if known, ok := b.learns[n]; ok {
		return known
	}
	p := b.paramAt(n)
	learns := p != nil && p.Trainable()
	for _, child := range children(n) {
		learns = learns || b.learned(child)
	}
	b.learns[n] = learns
	return learns
}

// expose draws the op whose result another op computes too: the plan of from has already written it when o runs.
func (b *Builder) expose(o *op, from *Node) *Node {
	o.run = func(gorgonia.Value, []gorgonia.Value) error { return nil }
	o.writer = from.Op().(*op)
	return b.apply(o, from)
}
