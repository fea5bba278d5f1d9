package train

// Lowest is the point at which the smoothed loss was lowest. Its rate is the largest of use: from there on batches cost more than
// those before, whether the loss runs away or stays where a model is that has forgotten everything.
func (c *RateCurve) Lowest() RatePoint {
	lowest := c.Points[0]
	for _, p := range c.Points {
		if p.Smooth < lowest.Smooth {
			lowest = p
		}
	}
	return lowest
}

// Steepest suggests the point at which the smoothed loss falls fastest as the logarithm of the rate rises, as fastai's steep does:
// a rate at which each step helps most. There is none if the loss never falls.
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

// Valley suggests the point in the middle of the curve's longest descent, as fastai's valley does, its lr_find's default
// (fastai/callback/schedule.py, 2021): if the longest run of points whose smoothed losses fall, others between them left out,
// has n points and ends at point e, it is taken to start at e − n, and the point a third and half a third further on is the one.
// It tends to be lower and steadier than Steepest. There is none if the loss never falls.
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

// calm are the points that the suggestions look at: like fastai they leave out the first tenth of the sweep, where the average is
// young, and the last five steps.
func (c *RateCurve) calm() []RatePoint {
	from, to := c.steps/10, len(c.Points)-5
	if from >= to {
		return nil
	}
	return c.Points[from:to]
}
