package conv

import (
	"math/rand/v2"
	"slices"
	"testing"

	"anneal/internal/kernels/kerneltest"
)

// results returns all that a plan of shape s computes from random numbers.
func results(s Shape) []float32 {
	r := rand.New(rand.NewPCG(1, 2))
	oh, ow := s.Out()
	x, w, bias := kerneltest.Normals[float32](r, s.N*s.C*s.H*s.W), kerneltest.Normals[float32](r, s.weights()),
		kerneltest.Normals[float32](r, s.OutC)
	dy := kerneltest.Normals[float32](r, s.N*s.OutC*oh*ow)
	y, dx, dw, db := kerneltest.NaNs[float32](len(dy)), kerneltest.NaNs[float32](len(x)),
		kerneltest.NaNs[float32](len(w)), kerneltest.NaNs[float32](s.OutC)
	plan := New[float32](s)
	plan.Forward(y, x, w, bias, true)
	plan.Backward(dx, dw, db, dy, x, w)
	return slices.Concat(y, dx, dw, db)
}

func TestSameBits(t *testing.T) {
	for name, s := range shapes {
		if tooLong(s) {
			continue
		}
		kerneltest.SameBits(t, "convolution "+name, func() []float32 { return results(s) })
	}
}

func TestNoAllocations(t *testing.T) {
	for _, name := range []string{"lenet2", "depthwise", "depthwise step", "winograd"} {
		s := shapes[name]
		oh, ow := s.Out()
		x, w, y := make([]float32, s.N*s.C*s.H*s.W), make([]float32, s.weights()), make([]float32, s.N*s.OutC*oh*ow)
		dx, dw, db := make([]float32, len(x)), make([]float32, len(w)), make([]float32, s.OutC)
		plan := New[float32](s)
		plan.Forward(y, x, w, nil, true) // starts the workers
		kerneltest.CheckAllocations(t, name, func() {
			plan.Forward(y, x, w, db, true)
			plan.Backward(dx, dw, db, y, x, w)
		})
	}
}
