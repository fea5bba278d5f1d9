package graph

import "gorgonia.org/tensor"

// Summary says what a model costs at one batch size, in float32.
type Summary struct {
	Layers []Layer
	Params *Params // new ones, with their initial values

	// EvalFLOPs and StepFLOPs are Program.FLOPs of evaluating and of training on one batch.
	EvalFLOPs, StepFLOPs int64
	// EvalMemory and StepMemory are Program.Memory of the fused evaluation program and the fused training program, in
	// bytes.
	EvalMemory, StepMemory int64
}

// Summarize returns the Summary of model for an input of this shape, the batch size first. The error is Compile's.
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
		p, err := Compile(model, s.Params, Config{Mode: part.mode, Shape: shape, Fuse: true, anyLoss: true})
		if err != nil {
			return nil, err
		}
		*part.flops, *part.memory = p.FLOPs(), p.Memory()
	}
	return s, nil
}
