package schedules

import "anneal/internal/spec"

// Constant leaves the rate at its base. Its spec is Constant() or none.
type Constant struct{}

func (Constant) settings() []spec.Setting { return nil }

func (Constant) At(base float64, _ int) float64 { return base }
func (Constant) Validate() error                { return nil }
func (Constant) String() string                 { return spec.Format("Constant") }
