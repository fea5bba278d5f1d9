package graph

import (
	"math"

	"gorgonia.org/gorgonia"
)

// Apart returns cfg for a program whose results do not share memory.
func Apart(cfg Config) Config {
	cfg.apart = true
	return cfg
}

// Poison makes each run of p fill results with NaN as soon as no later op needs them. It returns the function that
// lists the places in p's order of the ops that have run, and the number of ops.
func Poison(p *Program) (ran func() []int, ops int) {
	order := upstream(p.outputs...)
	if p.direct == nil {
		var err error
		if order, err = taped(p.outputs[0].Graph(), p.outputs); err != nil {
			panic(err)
		}
	}
	dying := make(map[int][]*op)
	for _, l := range lifetimes(order, p.outputs) {
		dying[l.to] = append(dying[l.to], l.op)
	}
	var places []int
	for i, n := range order {
		o, ours := n.Op().(*op)
		if !ours {
			continue
		}
		ops++
		run := o.run
		o.run = func(out gorgonia.Value, in []gorgonia.Value) error {
			places = append(places, i)
			err := run(out, in)
			for _, d := range dying[i] {
				poison(d.output())
			}
			return err
		}
	}
	return func() []int { return places }, ops
}

// poison sets all numbers of v to NaN.
func poison(v gorgonia.Value) {
	switch d := v.Data().(type) {
	case []float32:
		for i := range d {
			d[i] = float32(math.NaN())
		}
	case []float64:
		for i := range d {
			d[i] = math.NaN()
		}
	}
}
