package graph

import "gorgonia.org/gorgonia"

// direct is a program without Gorgonia's machine: its ops, in order, with the values that they take. Each op owns the
// memory of its result, so a run needs nothing else.
//
// The machine locks its goroutine to a thread and runs the tape on another goroutine. That costs two switches of
// threads per run, more than a small network takes for one sample.
type direct struct {
	calls []call
	x     []*gorgonia.Value // the places in calls where the input goes
}

type call struct {
	op *op
	in []gorgonia.Value
}

// newDirect returns the program that computes outputs from x, or nil if the outputs depend on a stock op.
func newDirect(x *Node, outputs ...*Node) *direct {
	d := new(direct)
	values := make(map[*Node]gorgonia.Value)
	for _, n := range upstream(outputs...) {
		o, ours := n.Op().(*op)
		switch {
		case ours && o.stock:
			return nil
		case ours:
			values[n] = o.output()
		case n.Op() == nil:
			values[n] = n.Value()
			continue
		default:
			return nil
		}
		c := call{op: o, in: make([]gorgonia.Value, 0, o.Arity())}
		for _, child := range children(n) {
			c.in = append(c.in, values[child])
			if child == x {
				d.x = append(d.x, &c.in[len(c.in)-1])
			}
		}
		d.calls = append(d.calls, c)
	}
	return d
}

// run runs the ops on an input x.
func (d *direct) run(x gorgonia.Value) error {
	for _, place := range d.x {
		*place = x
	}
	for _, c := range d.calls {
		if _, err := c.op.Do(c.in...); err != nil {
			return err
		}
	}
	return nil
}
