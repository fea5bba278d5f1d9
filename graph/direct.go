package graph

import "gorgonia.org/gorgonia"

// direct is a program without Gorgonia's machine: its ops, in order, with the values that they take. Each op has the
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

// newDirect returns the program that runs nodes in this order on an input x. None may be a stock op.
func newDirect(x *Node, order []*Node) *direct {
	d := new(direct)
	values := make(map[*Node]gorgonia.Value)
	for _, n := range order {
		o, ours := n.Op().(*op)
		if !ours {
			values[n] = n.Value()
			continue
		}
		values[n] = o.output()
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

// isStock reports whether n is a stock op, or stands for one.
func isStock(n *Node) bool {
	o, ours := n.Op().(*op)
	return ours && o.stock || !ours && n.Op() != nil
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
