package graph

import "gorgonia.org/tensor"

// Summary is what a model takes at one batch size, in float32.
type Summary struct {
	Layers []Layer
	Params *Params // new ones, with their initial values

	// Multiplications and additions of products (see Program.FLOPs) of an evaluation and of a training step, each of a whole batch.
	EvalFLOPs, StepFLOPs int64
	// Memory of a fused evaluation and a fused training program, in bytes; see Program.Memory.
	EvalMemory, StepMemory int64
}

// Summarize draws and compiles model for an input of this shape, the batch size first. The error is Compile's.
func Summarize(model Model, shape tensor.Shape) (*Summary, error) {
	s := &Summary{Params: NewParams(0, tensor.Float32)}
	var err error
	if s.Layers, err = Describe(model, s.Params, shape); err != nil {
		return nil, err
	}
	for _, part := range []struct {
		mode          Mode
		flops, memory *int64
	}{{Eval, &s.EvalFLOPs, &s.EvalMemory}, {Train, &s.StepFLOPs, &s.StepMemory}} {
		p, err := Compile(model, s.Params, Config{Mode: part.mode, Shape: shape, Fuse: true})
		if err != nil {
			return nil, err
		}
		*part.flops, *part.memory = p.FLOPs(), p.Memory()
	}
	return s, nil
}
