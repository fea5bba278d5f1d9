package finder

import "math"

// Curve is how the loss of a model changes while its learning rate rises.
type Curve struct {
	Points   []Point
	Diverged bool // the sweep ended at the last point, before its end, since the loss had run away
	steps    int
	running  float64 // mean of the latest losses
	lowest   float64 // running mean so far
}

// Point is one step of a sweep. Losses are those of the batch before the step, in nats.
type Point struct {
	Rate   float64
	Loss   float64 // not finite only at the last point, if Diverged
	Smooth float64 // mean of the losses around this one; see smoothing. Not finite with Loss
}

// smoothing is the standard deviation of the Gaussian weights in the means that Smooth holds, as a share of the sweep's
// steps. The window is centred: the mean of earlier losses alone, which fastai and others take, lags behind a loss
// that falls and rises again, and finds its minimum at rates that are far too high.
const smoothing = 1.0 / 80

// smooth sets the smoothed losses of all points.
func (c *Curve) smooth() {
	sigma := max(1, smoothing*float64(c.steps))
	for i := range c.Points {
		sum, weights := 0.0, 0.0
		for j, p := range c.Points {
			if p.Loss-p.Loss != 0 {
				continue
			}
			d := float64(i-j) / sigma
			w := math.Exp(-d * d / 2)
			sum, weights = sum+w*p.Loss, weights+w
		}
		c.Points[i].Smooth = sum / weights
		if l := c.Points[i].Loss; l-l != 0 {
			c.Points[i].Smooth = l
		}
	}
}

// add adds the next point, and sets Diverged if the loss has run away there.
func (c *Curve) add(rate, loss float64) {
	const (
		memory  = 0.9 // share of the earlier losses in the running mean
		runaway = 4
	)
	n := float64(len(c.Points) + 1)
	c.running += (1 - memory) / (1 - math.Pow(memory, n)) * (loss - c.running)
	if n == 1 || c.running < c.lowest {
		c.lowest = c.running
	}
	c.Points = append(c.Points, Point{Rate: rate, Loss: loss})
	c.Diverged = !(loss-loss == 0) || c.running > runaway*c.lowest
}

// Lowest returns the point with the lowest smoothed loss. Its rate is the largest of use: at higher rates the loss
// rises, until it runs away or stays at that of a model that has forgotten everything.
func (c *Curve) Lowest() Point {
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
func (c *Curve) Steepest() (p Point, ok bool) {
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
func (c *Curve) Valley() (p Point, ok bool) {
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
		return Point{}, false
	}
	third := float64(longest) / 3
	return points[max(0, end-longest+int(third)+int(third/2))], true
}

// calm returns the points that the suggestions consider. Like fastai it leaves out the first tenth of the sweep,
// where the average has few points, and the last five steps.
func (c *Curve) calm() []Point {
	from, to := c.steps/10, len(c.Points)-5
	if from >= to {
		return nil
	}
	return c.Points[from:to]
}
