package kernels

// Parts is a solver's pass over its tensors, cut into parts that the pool's workers share. Run allocates nothing.
type Parts struct{ work *work }

// NewParts returns the pass whose parts f computes.
func NewParts(f func(part int)) *Parts {
	return &Parts{newWork(func(part, _ int) { f(part) })}
}

// Run computes parts 0 to n−1, on several processors if there are, and returns when all are done. Which part runs where and
// when must not matter to the result.
func (p *Parts) Run(n int) { p.work.run(n) }
