package app

import (
	"anneal/schedules"
	"anneal/solvers"
)

// tuningFlags say which parameters a solver treats differently, and how it clips gradients.
type tuningFlags struct {
	Group           []groupFlag `sep:"none" placeholder:"GROUP" help:"${group}"`
	Freeze          []string    `sep:"none" placeholder:"PATTERN" help:"${freeze}"`
	FreezeStats     []string    `sep:"none" placeholder:"PATTERN" help:"${freeze_stats}"`
	LayerDecay      share       `placeholder:"FACTOR" help:"${layer_decay}"`
	NoDecayNormBias bool        `help:"Apply no weight decay and no L1 to biases and to batch normalization's parameters."`
	ClipValue       positive    `placeholder:"MAX" help:"Clip every element of the gradients to ±MAX."`
	ClipNorm        positive    `placeholder:"MAX" help:"Scale all gradients down together to a norm of at most MAX."`
}

func (f tuningFlags) config() solvers.Tuning {
	c := solvers.Tuning{
		Freeze: f.Freeze, FreezeStats: f.FreezeStats, LayerDecay: float64(f.LayerDecay), WeightOnly: f.NoDecayNormBias,
		ClipValue: float64(f.ClipValue), ClipNorm: float64(f.ClipNorm),
	}
	for _, g := range f.Group {
		c.Groups = append(c.Groups, g.Group)
	}
	return c
}

// groupFlag is the spec of a parameter group.
type groupFlag struct{ solvers.Group }

func (f *groupFlag) UnmarshalText(text []byte) (err error) {
	if f.Group, err = solvers.ParseGroup(string(text)); err == nil && f.Schedule != "" {
		_, err = schedules.Parse(f.Schedule)
	}
	return err
}
