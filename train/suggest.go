package train

// Lowest returns the point with the lowest smoothed loss. Its rate is the largest of use: at higher rates the loss
// rises, until it runs away or stays at that of a model that has forgotten everything.
func (c *RateCurve) Lowest() RatePoint {
	lowest := c.Points[0]
	for _, p := range c.Points {
		if p.Smooth < lowest.Smooth {
			lowest = p
		}
	}
	return lowest
}

// Steepest returns the point at which the smoothed loss falls fastest as the logarithm of the rate rises, as fastai's
// steep does: the rate at which each step helps most. There is none if the loss never falls.
func (c *RateCurve) Steepest() (p RatePoint, ok bool) {
	points := c.calm()
	fastest := 0.0
	for i := 1; i < len(points); i++ {
		// The logarithm of the rate rises by the same amount at every step.
		if fall := points[i-1].Smooth - points[i].Smooth; fall > fastest {
			fastest, p = fall, points[i-1]
		}
	}
	return p, fastest > 0
}

// Valley returns the point in the middle of the curve's longest descent, as fastai's valley does, the default of its
// lr_find (fastai/callback/schedule.py, 2021). The descent is the longest sequence of points, not necessarily
// neighbours, whose smoothed losses fall. If it has n points and ends at point e, Valley takes it to begin at e − n,
// and returns the point half of its length further on, counted as a third and half a third. It tends to be lower and
// steadier than Steepest. There is none if the loss never falls.
func (c *RateCurve) Valley() (p RatePoint, ok bool) {
	points := c.calm()
	longest, end := 0, 0
	lengths := make([]int, len(points)) // of the longest falling run that ends at each point
	for i := range points {
		lengths[i] = 1
		for j := range i {
			if points[i].Smooth < points[j].Smooth {
				lengths[i] = max(lengths[i], lengths[j]+1)
			}
		}
		if lengths[i] > longest {
			longest, end = lengths[i], i
		}
	}
	if longest < 2 {
		return RatePoint{}, false
	}
	third := float64(longest) / 3
	return points[max(0, end-longest+int(third)+int(third/2))], true
}

// calm returns the points that the suggestions consider. Like fastai it leaves out the first tenth of the sweep,
// where the average has few points, and the last five steps.
func (c *RateCurve) calm() []RatePoint {
	from, to := c.steps/10, len(c.Points)-5
	if from >= to {
		return nil
	}
	return c.Points[from:to]
}
