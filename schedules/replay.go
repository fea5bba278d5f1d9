package schedules

// point is what a schedule gives at one count.
type point struct {
	rate     float64
	momentum float64
	cycles   bool // whether the schedule sets the momentum
}

// track is a schedule for one base rate. What it remembers makes it fast, and never changes what it returns.
type track func(count int) point

// trackOf returns the track of s. If s has a ReduceLROnPlateau beside other schedules, r says when it lowers the rate;
// nil stands for never.
func trackOf(s Schedule, base float64, r *reductions) track {
	switch t := s.(type) {
	case interface {
		track(float64, *reductions) track
	}:
		return t.track(base, r)
	case interface{ track(float64) track }:
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

// replayed is the number of counts that a replay steps through one by one. It leaps over those that follow, so that
// every count takes a short time.
const replayed = 1 << 20

// replay returns the track that steps s from count 0 as PyTorch does.
func replay(s Schedule, base float64, r *reductions) track {
	var (
		g   group
		top stepper
		at  int
	)
	return func(count int) point {
		near := min(count, replayed)
		if top == nil || near < at {
			g = group{point: point{rate: base}, reductions: r}
			top, at = begin(s, &g), 0
		}
		for ; at < near; at++ {
			top.step(&g)
		}
		if count == near {
			return g.point
		}
		far := g
		top.clone().leap(&far, count-near)
		return far.point
	}
}

// group is a parameter group of PyTorch's optimizer.
type group struct {
	point
	reductions *reductions
	initial    float64     // initial_lr, which the first schedule sets
	begun      bool        // whether it is set
	one        *OneCycleLR // the last OneCycleLR: it keeps its bounds in the group, where an earlier one reads them
}

// stepper is a schedule at work on a group.
type stepper interface {
	step(g *group)
	leap(g *group, n int) // n steps at once
	clone() stepper
}

// begin makes s begin, its parts first: PyTorch's constructors, each of which does a first step.
func begin(s Schedule, g *group) stepper {
	switch s := s.(type) {
	case SequentialLR:
		return beginSequence(s, g)
	case ChainedScheduler:
		c := make(chain, len(s.Schedulers))
		for i, part := range s.Schedulers {
			c[i] = begin(part, g)
		}
		return c
	}
	return beginLeaf(s, g)
}

// chain is a ChainedScheduler at work.
type chain []stepper

func (c chain) step(g *group) {
	for _, p := range c {
		p.step(g)
	}
}

func (c chain) leap(g *group, n int) {
	for _, p := range c {
		p.leap(g, n)
	}
}

func (c chain) clone() stepper {
	clones := make(chain, len(c))
	for i, p := range c {
		clones[i] = p.clone()
	}
	return clones
}
