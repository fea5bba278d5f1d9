package schedules

import "sort"

// point is what a schedule gives at one count.
type point struct {
	rate     float64
	momentum float64
	cycles   bool // whether the schedule sets the momentum
}

// track is a schedule for one base rate. What it remembers makes it fast, and never changes what it returns.
type track func(count int) point

// trackOf returns the track of s.
func trackOf(s Schedule, base float64) track {
	if t, ok := s.(interface{ track(float64) track }); ok {
		return t.track(base)
	}
	m, _ := s.(MomentumSchedule)
	return func(count int) point {
		p := point{rate: s.At(base, count)}
		if m != nil {
			p.momentum, p.cycles = m.MomentumAt(count)
		}
		return p
	}
}

// replay returns the track that steps s from count 0 as PyTorch does.
func replay(s Schedule, base float64) track {
	var (
		g   group
		top stepper
		at  int
	)
	return func(count int) point {
		if top == nil || count < at {
			g = group{point: point{rate: base}}
			top, at = begin(s, &g), 0
		}
		for ; at < count; at++ {
			top.step(&g)
		}
		return g.point
	}
}

// group is a parameter group of PyTorch's optimizer.
type group struct {
	point
	initial float64     // initial_lr, which the first schedule sets
	begun   bool        // whether it is set
	one     *OneCycleLR // the last OneCycleLR: it keeps its bounds in the group, where an earlier one reads them
}

// stepper is a schedule at work on a group.
type stepper interface {
	step(g *group)
	restart(g *group) // go to count 0: PyTorch's step(0)
	rewind()          // take back one count, so that the next step repeats it
}

// begin makes s begin, its parts first: PyTorch's constructors, each of which does a first step.
func begin(s Schedule, g *group) stepper {
	switch s := s.(type) {
	case SequentialLR:
		parts := beginAll(s.Schedulers, g)
		g.rate = g.initial
		for _, p := range parts {
			p.rewind()
		}
		parts[0].step(g)
		return &sequence{s, parts, 0}
	case ChainedScheduler:
		return &chain{s, beginAll(s.Schedulers, g), false}
	}
	l := &leaf{schedule: s, count: -1}
	switch s := s.(type) {
	case CyclicLR:
		if !g.begun {
			g.initial = s.BaseLR
		}
	case OneCycleLR:
		if g.one != nil && !s.CycleMomentum {
			s.BaseMomentum, s.MaxMomentum = g.one.BaseMomentum, g.one.MaxMomentum
		}
		g.initial, g.one = s.MaxLR/s.DivFactor, &s
	default:
		if !g.begun {
			g.initial = g.rate
		}
	}
	g.begun = true
	l.base = g.initial
	l.at = trackOf(s, l.base)
	l.step(g)
	if _, ok := s.(CyclicLR); ok {
		g.rate = g.initial // PyTorch knows base_lr from count 1 on
	}
	return l
}

func beginAll(list []Schedule, g *group) []stepper {
	parts := make([]stepper, len(list))
	for i, s := range list {
		parts[i] = begin(s, g)
	}
	return parts
}

// leaf is a schedule without parts.
type leaf struct {
	schedule Schedule
	base     float64
	at       track
	count    int
}

func (l *leaf) step(g *group) {
	l.count++
	switch s := l.schedule.(type) {
	case interface {
		next(lr, base float64, count int) float64
	}: // PyTorch's recursive rate
		g.rate = s.next(g.rate, l.base, l.count)
	case LambdaLR, CosineAnnealingWarmRestarts, CyclicLR:
		l.set(g)
	case OneCycleLR:
		s.MaxLR, s.DivFactor, s.FinalDivFactor = g.one.MaxLR, g.one.DivFactor, g.one.FinalDivFactor
		s.BaseMomentum, s.MaxMomentum = g.one.BaseMomentum, g.one.MaxMomentum
		l.at = trackOf(s, l.base)
		l.set(g)
	default: // not PyTorch's
		before := l.base
		if l.count > 0 {
			before = l.at(l.count - 1).rate
		}
		factor := g.rate / before
		l.set(g)
		if before != 0 {
			g.rate *= factor
		}
	}
}

// set takes the rate, and the momentum if it cycles, from the schedule itself.
func (l *leaf) set(g *group) {
	p := l.at(l.count)
	if !p.cycles {
		p.momentum, p.cycles = g.momentum, g.cycles
	}
	g.point = p
}

func (l *leaf) restart(g *group) {
	l.count = 0
	if s, ok := l.schedule.(interface {
		restart(lr, base float64) float64
	}); ok {
		g.rate = s.restart(g.rate, l.base)
		return
	}
	if _, ok := l.schedule.(OneCycleLR); ok {
		l.count = -1
		l.step(g)
		return
	}
	l.set(g)
}

func (l *leaf) rewind() { l.count-- }

// sequence is a SequentialLR at work.
type sequence struct {
	SequentialLR
	parts []stepper
	count int
}

func (s *sequence) step(g *group) {
	s.count++
	i := sort.SearchInts(s.Milestones, s.count+1) // the number of milestones ≤ count
	if i > 0 && s.Milestones[i-1] == s.count {
		s.parts[i].restart(g)
	} else {
		s.parts[i].step(g)
	}
}

func (s *sequence) restart(g *group) {
	*s = *begin(s.SequentialLR, g).(*sequence)
}

func (s *sequence) rewind() { s.count-- }

// chain is a ChainedScheduler at work.
type chain struct {
	ChainedScheduler
	parts []stepper
	fresh bool // whether the next step is the first
}

func (c *chain) step(g *group) {
	if c.fresh {
		c.restart(g)
		return
	}
	for _, p := range c.parts {
		p.step(g)
	}
}

func (c *chain) restart(g *group) {
	g.rate = g.initial
	*c = *begin(c.ChainedScheduler, g).(*chain)
}

func (c *chain) rewind() { c.fresh = true }
