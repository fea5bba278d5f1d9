package schedules

// Fit returns s with a length for each schedule in it that has none, a CosineAnnealingLR without TMax or a OneCycleLR
// without a number of steps. That is the number of counts for which it is followed, of counts in all: those from its
// milestone to the next in a SequentialLR, those that the warm-up leaves in a WarmupLR.
func Fit(s Schedule, counts int) Schedule {
	counts = max(1, counts)
	switch s := s.(type) {
	case CosineAnnealingLR:
		if s.TMax == 0 {
			s.TMax = counts
		}
		return s
	case OneCycleLR:
		if s.open() {
			s.TotalSteps = counts
		}
		return s
	case wrapper:
		inner, after := s.wrapped()
		return s.around(Fit(inner, counts-after))
	case ChainedScheduler:
		s.Schedulers = fitted(s.Schedulers, func(int) int { return counts })
		return s
	case SequentialLR:
		s.Schedulers = fitted(s.Schedulers, func(i int) int {
			start, end := 0, counts
			if 0 < i && i <= len(s.Milestones) {
				start = s.Milestones[i-1]
			}
			if i < len(s.Milestones) {
				end = min(end, s.Milestones[i])
			}
			return end - start
		})
		return s
	}
	return s
}

func fitted(parts []Schedule, counts func(i int) int) []Schedule {
	list := make([]Schedule, len(parts))
	for i, part := range parts {
		list[i] = Fit(part, counts(i))
	}
	return list
}

// open returns the name of a schedule in s that has no length, or "".
func open(s Schedule) string {
	var parts []Schedule
	switch s := s.(type) {
	case CosineAnnealingLR:
		if s.TMax == 0 {
			return "CosineAnnealingLR"
		}
	case OneCycleLR:
		if s.open() {
			return "OneCycleLR"
		}
	case wrapper:
		inner, _ := s.wrapped()
		parts = []Schedule{inner}
	case ChainedScheduler:
		parts = s.Schedulers
	case SequentialLR:
		parts = s.Schedulers
	}
	for _, part := range parts {
		if name := open(part); name != "" {
			return name
		}
	}
	return ""
}
