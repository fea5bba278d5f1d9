package graph

import "fmt"

// Renorm is an option of BatchNorm: batch renormalization. A training program normalises by the batch's statistics and
// corrects the result towards the running ones, so that training sees what evaluation will, also with batches that are
// small or whose samples are alike:
//
//	y = gamma·(x̂·r + d) + beta,  x̂ = (x − mean)/√(var + eps)
//	r = √(var + eps)/√(running_var + eps), at least 1/r_max and at most r_max
//	d = (mean − running_mean)/√(running_var + eps), at least −d_max and at most d_max
//
// The gradient takes r and d as constants. Up to step Start r_max is 1 and d_max is 0, which is BatchNorm; from there
// they rise linearly, to RMax at step REnd and to DMax at step DEnd. Steps are those of Program.SetStep, in training
// the number of batches so far.
//
// Ioffe, Batch Renormalization, 2017, arXiv:1702.03275. The paper keeps a running deviation; here it is the root of
// BatchNorm's running variance, so that files of weights fit both layers. Evaluation is BatchNorm's.
type Renorm struct {
	RMax  float64 // at least 1
	DMax  float64 // at least 0
	Start int     // the last step that is BatchNorm
	REnd  int     // when r_max is RMax
	DEnd  int     // when d_max is DMax
}

// DefaultRenorm returns the paper's schedule in a tenth of its steps: the paper trains for 160,000 steps, and ten
// epochs of MNIST at batch size 64 are 9,380.
func DefaultRenorm() Renorm { return Renorm{RMax: 3, DMax: 5, Start: 500, REnd: 4000, DEnd: 2500} }

func (r Renorm) norm(c *normConfig) { c.renorm = &r }

// At returns r_max and d_max at a step.
func (r Renorm) At(step int) (rMax, dMax float64) {
	risen := func(end int) float64 {
		switch {
		case step >= end && step >= r.Start:
			return 1
		case step <= r.Start:
			return 0
		}
		return float64(step-r.Start) / float64(end-r.Start)
	}
	return 1 + (r.RMax-1)*risen(r.REnd), r.DMax * risen(r.DEnd)
}

// String returns r's settings, such as "renorm to r 3 and d 5".
func (r Renorm) String() string { return fmt.Sprintf("renorm to r %v and d %v", r.RMax, r.DMax) }

func (r Renorm) check() error {
	switch {
	case !(r.RMax >= 1):
		return fmt.Errorf("renorm: RMax %v: want at least 1", r.RMax)
	case !(r.DMax >= 0):
		return fmt.Errorf("renorm: DMax %v: want at least 0", r.DMax)
	case r.Start < 0 || r.REnd < r.Start || r.DEnd < r.Start:
		return fmt.Errorf("renorm: Start %d, REnd %d and DEnd %d: want at least 0, and no end before the start",
			r.Start, r.REnd, r.DEnd)
	}
	return nil
}
