package schedules

import "math"

// leaf is a schedule at work that is not stepped part by part.
type leaf struct {
	schedule Schedule
	base     float64
	at       track
	count    int
	scale    float64 // how much of its rates a schedule gives that PyTorch lacks
}

// recursive is a schedule of PyTorch's that computes each rate from the one before.
type recursive interface {
	next(lr, base float64, count int) float64
}

// beginLeaf does what the constructor of s does in PyTorch.
func beginLeaf(s Schedule, g *group) *leaf {
	l := &leaf{schedule: s, count: -1}
	if _, ok := s.(ReduceLROnPlateau); ok {
		l.count = 0
		return l
	}
	switch s := s.(type) {
	case CyclicLR:
		if !g.begun {
			g.initial = s.BaseLR
		}
		if g.one != nil && s.CycleMomentum {
			one := *g.one
			one.BaseMomentum, one.MaxMomentum = s.BaseMomentum, s.MaxMomentum
			g.one = &one
		}
	case OneCycleLR:
		if g.one != nil && !s.CycleMomentum {
			s.BaseMomentum, s.MaxMomentum = g.one.BaseMomentum, g.one.MaxMomentum
		}
		g.initial, g.one = bounded(s.MaxLR/s.DivFactor), &s
	default:
		if !g.begun {
			g.initial = g.rate
		}
	}
	g.begun = true
	l.base = g.initial
	l.at = trackOf(s, l.base, nil)
	l.step(g)
	if _, ok := s.(CyclicLR); ok {
		g.rate = g.initial // PyTorch knows base_lr from count 1 on
	}
	return l
}

func (l *leaf) step(g *group) {
	l.count++
	switch s := l.schedule.(type) {
	case ReduceLROnPlateau:
		g.reductions.apply(s, g, l.count-1, l.count)
	case recursive:
		l.follow(g, s.next(g.rate, l.base, l.count))
	default:
		if l.count == 0 {
			l.scale = 1
			if l.base > 0 && !stated(s) {
				l.scale = bounded(g.rate / l.base)
			}
		}
		l.set(g)
	}
}

// leap is n steps at once.
func (l *leaf) leap(g *group, n int) {
	from := l.count
	l.count += n
	switch s := l.schedule.(type) {
	case ReduceLROnPlateau:
		g.reductions.apply(s, g, from, l.count)
	case interface {
		move(lr, base float64, from, to int) float64
	}:
		l.follow(g, s.move(g.rate, l.base, from, l.count))
	case recursive:
		if before := l.schedule.At(1, from); before > 0 {
			l.follow(g, g.rate*(l.schedule.At(1, l.count)/before))
		}
	default:
		l.set(g)
	}
}

// follow takes a rate that was computed from the one before. One that is no number any more, as after a factor of
// 1e-320, is the schedule's own.
func (l *leaf) follow(g *group, rate float64) {
	if math.IsNaN(rate) {
		rate = l.schedule.At(l.base, l.count)
	}
	g.rate = bounded(rate)
}

// stated reports whether PyTorch computes the rates of s from its base rate, whatever the rate before.
func stated(s Schedule) bool {
	switch s.(type) {
	case LambdaLR, CosineAnnealingWarmRestarts, CyclicLR, OneCycleLR:
		return true
	}
	return false
}

// set takes the rate, and the momentum if it cycles, from the schedule itself.
func (l *leaf) set(g *group) {
	if s, ok := l.schedule.(OneCycleLR); ok { // the bounds are the group's
		s.MaxLR, s.DivFactor, s.FinalDivFactor = g.one.MaxLR, g.one.DivFactor, g.one.FinalDivFactor
		s.BaseMomentum, s.MaxMomentum = g.one.BaseMomentum, g.one.MaxMomentum
		l.at = trackOf(s, l.base, nil)
	}
	p := l.at(l.count)
	if !stated(l.schedule) && l.scale != 1 {
		p.rate = bounded(p.rate * l.scale)
	}
	if !p.cycles {
		p.momentum, p.cycles = g.momentum, g.cycles
	}
	g.point = p
}

// restart goes to count 0: PyTorch's _update_lr(0).
func (l *leaf) restart(g *group) {
	l.count, l.scale = 0, 1
	if s, ok := l.schedule.(interface {
		restart(lr, base float64) float64
	}); ok {
		g.rate = bounded(s.restart(g.rate, l.base))
		return
	}
	l.set(g)
}

func (l *leaf) clone() stepper {
	c := *l
	return &c
}
