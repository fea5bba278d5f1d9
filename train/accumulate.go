package train

import (
	"errors"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/graph"
)

// accumulation makes updates out of several batches each. The gradient of an update is the mean over all its samples,
//
//	Σ n·g / Σ n,  g the gradient of a batch of n samples
//
// With one batch per update it is that batch's gradient, and nothing is copied.
type accumulation struct {
	batches int // per update
	means   []*meanGradient
	model   []gorgonia.ValueGrad // the means, for the solver
	next    update               // under way: its loss is a sum
	team    *team                // that adds the gradients, or nil
}

// update is what the solver steps on.
type update struct {
	gradients []gorgonia.ValueGrad
	loss      float64 // before it, the mean over its samples
	batches   int
	samples   int
}

// newAccumulation makes the buffers for the gradients that r's programs compute.
func newAccumulation(batches int, r *runner, t *team) (*accumulation, error) {
	a := &accumulation{batches: batches, team: t}
	if batches == 1 && t == nil {
		return a, nil
	}
	for _, size := range r.Sizes() {
		p, err := r.Program(size)
		if err != nil {
			return nil, err
		}
		if a.means == nil {
			if err := checkRoom("the sum of gradients", gradientBytes(p.Gradients())); err != nil {
				return nil, err
			}
			for _, g := range p.Gradients() {
				a.means = append(a.means, newMeanGradient(g))
				a.model = append(a.model, a.means[len(a.means)-1])
			}
		}
		for i, g := range p.Gradients() {
			if len(p.Gradients()) != len(a.means) || paramOf(g) != a.means[i].param {
				return nil, errors.New("train: accumulate: the model has other parameters in a batch of another size: " +
					"want the same in all")
			}
		}
	}
	return a, nil
}

// begun reports whether an update has some of its batches.
func (a *accumulation) begun() bool { return a.next.batches > 0 }

// add adds a batch to the update under way, and returns the update when it has all of its batches, or when the batch is
// the last of an epoch; before that, an update of no batches.
func (a *accumulation) add(c contribution, last bool) (update, error) {
	if a.batches == 1 && a.team == nil {
		return update{c.gradients, c.loss, 1, c.samples}, nil
	}
	if a.team != nil {
		a.team.add(c, a.next.batches == 0)
	}
	for i, g := range c.gradients {
		if err := a.means[i].add(g, c.samples, a.next.batches == 0); err != nil {
			return update{}, err
		}
	}
	a.next.batches++
	a.next.loss += float64(c.samples) * c.loss
	a.next.samples += c.samples
	if a.next.batches < a.batches && !last {
		return update{}, nil
	}
	u := update{a.model, a.next.loss / float64(a.next.samples), a.next.batches, a.next.samples}
	if a.batches == 1 {
		u.loss = c.loss // without the rounding of a mean
	}
	a.next = update{}
	if a.team != nil {
		return u, a.team.gather(a.means, u.samples)
	}
	for _, g := range a.means {
		g.divide(u.samples)
	}
	return u, nil
}

// meanGradient is a parameter with its gradient over several batches, and a gorgonia.ValueGrad for the solver.
type meanGradient struct {
	param *graph.Param
	mean  *tensor.Dense // the sum, until it is divided
}

func newMeanGradient(g gorgonia.ValueGrad) *meanGradient {
	w := paramOf(g).Value()
	return &meanGradient{paramOf(g), tensor.New(tensor.Of(w.Dtype()), tensor.WithShape(w.Shape()...))}
}

// paramOf returns the parameter of a program's gradient.
func paramOf(g gorgonia.ValueGrad) *graph.Param { return g.(*graph.Gradient).Param() }

func (g *meanGradient) Param() *graph.Param           { return g.param }
func (g *meanGradient) Value() gorgonia.Value         { return g.param.Value() }
func (g *meanGradient) Grad() (gorgonia.Value, error) { return g.mean, nil }

// add adds the gradient of n samples to the sum, or begins a sum with it.
func (g *meanGradient) add(batch gorgonia.ValueGrad, n int, begin bool) error {
	value, err := batch.Grad()
	if err != nil {
		return err
	}
	// value is of the parameter's shape and type.
	if g.mean.Dtype() == tensor.Float32 {
		addScaled(g.mean.Float32s(), graph.Floats[float32](value), float32(n), begin)
	} else {
		addScaled(g.mean.Float64s(), graph.Floats[float64](value), float64(n), begin)
	}
	return nil
}

func (g *meanGradient) divide(samples int) {
	if g.mean.Dtype() == tensor.Float32 {
		divide(g.mean.Float32s(), float32(samples))
	} else {
		divide(g.mean.Float64s(), float64(samples))
	}
}

// addScaled computes sum += n·g, or sum = n·g to begin.
func addScaled[T float32 | float64](sum, g []T, n T, begin bool) {
	if begin {
		for i, v := range g {
			sum[i] = n * v
		}
		return
	}
	for i, v := range g {
		sum[i] += n * v
	}
}

func divide[T float32 | float64](x []T, by T) {
	for i := range x {
		x[i] /= by
	}
}
