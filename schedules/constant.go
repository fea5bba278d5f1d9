package schedules

import (
	"errors"

	"anneal/internal/spec"
)

// Constant leaves the rate at its base. Its spec is Constant() or none.
type Constant struct{}

func (Constant) settings() []spec.Setting { return nil }

func (Constant) At(base float64, _ int) float64 { return base }
func (Constant) Validate() error                { return nil }
func (Constant) String() string                 { return spec.Format("Constant") }

// LambdaLR multiplies the base with any function of the count:
//
//	base·Lambda(count)
//
// PyTorch's LambdaLR. A function has no spec: Parse refuses LambdaLR, and String only names it.
type LambdaLR struct {
	Lambda func(count int) float64 // finite and not negative
}

func (s LambdaLR) At(base float64, count int) float64 { return base * s.Lambda(count) }

func (s LambdaLR) Validate() error {
	if s.Lambda == nil {
		return errors.New("LambdaLR: lr_lambda is nil: want a function")
	}
	return nil
}

func (s LambdaLR) String() string { return "LambdaLR(lr_lambda=<a Go function>)" }
