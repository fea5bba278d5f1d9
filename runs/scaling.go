package runs

import (
	"fmt"
	"math"
)

// ScaleLR is a rule by which rates that were chosen for one number of samples per update become those for another.
type ScaleLR string

// The rules, where an update holds n times the samples.
const (
	ScaleNot    ScaleLR = ""
	ScaleLinear ScaleLR = "linear" // n times the rate: Goyal et al., 2017, arXiv:1706.02677
	ScaleSqrt   ScaleLR = "sqrt"   // √n times the rate: Krizhevsky, 2014, arXiv:1404.5997
)

// Of returns what the rule multiplies rates by where an update holds n times the samples.
func (s ScaleLR) Of(n float64) float64 {
	switch s {
	case ScaleLinear:
		return n
	case ScaleSqrt:
		return math.Sqrt(n)
	}
	return 1
}

// Validate returns an error unless s is one of the rules.
func (s ScaleLR) Validate() error {
	if s != ScaleNot && s != ScaleLinear && s != ScaleSqrt {
		return fmt.Errorf("scale lr: got %q, want %q or %q", s, ScaleLinear, ScaleSqrt)
	}
	return nil
}

// Update returns the number of samples that an update holds.
func (s *Settings) Update() int { return s.Batch * max(s.Accumulate, 1) }

// Growth returns how many times the samples of ReferenceBatch an update holds; 1 if that is not set.
func (s *Settings) Growth() float64 {
	if s.ReferenceBatch == 0 {
		return 1
	}
	return float64(s.Batch) * float64(max(s.Accumulate, 1)) / float64(s.ReferenceBatch)
}

// RateFactor returns what ScaleLR multiplies the rates by.
func (s *Settings) RateFactor() float64 { return s.ScaleLR.Of(s.Growth()) }
