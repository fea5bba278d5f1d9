package main

import (
	"anneal/schedules"
	"anneal/solvers"
)

// tuningFlags say how a solver treats parameters differently, and what it does to gradients.
type tuningFlags struct {
	Group           []groupFlag `sep:"none" placeholder:"GROUP" help:"Settings for the parameters whose names match, such as 'conv*: lr=0.5, weight_decay=1e-4', where lr is a share of the solver's. Also l1 and schedule. The last group that matches counts. Repeatable."`
	Freeze          []string    `sep:"none" placeholder:"PATTERN" help:"Leave the parameters whose names match, such as 'conv1*', as they are. Running statistics move all the same. Repeatable."`
	LayerDecay      share       `placeholder:"SHARE" help:"Give each layer this share of the next layer's rate, such as 0.8."`
	NoDecayNormBias bool        `help:"Leave biases and batch normalization's parameters out of weight decay and L1."`
	ClipValue       positive    `placeholder:"MAX" help:"Clip the elements of gradients to ±MAX."`
	ClipNorm        positive    `placeholder:"MAX" help:"Scale the gradients down to a norm of MAX, all together."`
}

func (f tuningFlags) config() solvers.Tuning {
	c := solvers.Tuning{
		Freeze: f.Freeze, LayerDecay: float64(f.LayerDecay), WeightOnly: f.NoDecayNormBias,
		ClipValue: float64(f.ClipValue), ClipNorm: float64(f.ClipNorm),
	}
	for _, g := range f.Group {
		c.Groups = append(c.Groups, g.Group)
	}
	return c
}

// groupFlag is a parameter group by its spec.
type groupFlag struct{ solvers.Group }

func (f *groupFlag) UnmarshalText(text []byte) (err error) {
	if f.Group, err = solvers.ParseGroup(string(text)); err == nil && f.Schedule != "" {
		_, err = schedules.Parse(f.Schedule)
	}
	return err
}
