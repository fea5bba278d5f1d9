package schedules

import "sort"

// sequence is a SequentialLR at work. Its parts are leaves: one that has parts itself, where PyTorch fails or is a
// count ahead, gives the rates that it gives alone.
type sequence struct {
	milestones []int
	parts      []*leaf
	count      int
}

func beginSequence(s SequentialLR, g *group) *sequence {
	q := &sequence{milestones: s.Milestones}
	for _, part := range s.Schedulers {
		if !composite(part) {
			q.parts = append(q.parts, beginLeaf(part, g))
			continue
		}
		base := g.rate
		if g.begun {
			base = g.initial
		}
		if !foreign(part) {
			begin(part, g) // what it leaves behind in the group
		}
		q.parts = append(q.parts, &leaf{schedule: part, base: base, at: trackOf(part, base, nil)})
		if !g.begun {
			g.initial, g.begun = base, true
		}
	}
	g.rate = g.initial
	for _, l := range q.parts {
		l.count--
	}
	q.parts[q.active()].step(g)
	return q
}

// active returns the number of the part that the count is in.
func (s *sequence) active() int {
	return sort.SearchInts(s.milestones, s.count+1) // the number of milestones ≤ count
}

func (s *sequence) step(g *group) {
	s.count++
	i := s.active()
	if i > 0 && s.milestones[i-1] == s.count {
		s.parts[i].restart(g)
	} else {
		s.parts[i].step(g)
	}
}

func (s *sequence) leap(g *group, n int) {
	for n > 0 {
		i, within := s.active(), n
		if i < len(s.milestones) {
			within = min(n, s.milestones[i]-s.count-1)
		}
		if within > 0 {
			s.parts[i].leap(g, within)
			s.count += within
			n -= within
		}
		if n > 0 {
			s.step(g)
			n--
		}
	}
}

func (s *sequence) clone() stepper {
	c := *s
	c.parts = nil
	for _, l := range s.parts {
		c.parts = append(c.parts, l.clone().(*leaf))
	}
	return &c
}
