package solvers_test

import (
	"fmt"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/solvers"
)

// signSGD moves each weight by the rate: w = w − lr·sign(g).
type signSGD struct{ LR float64 }

func (s signSGD) String() string                                { return fmt.Sprintf("signSGD(lr=%v)", s.LR) }
func (s signSGD) Validate() error                               { return nil }
func (s signSGD) Traits() solvers.Traits                        { return solvers.Traits{LR: s.LR} }
func (s signSGD) Buffers(float64, []int) (none solvers.Buffers) { return none }
func (s signSGD) Rules() (a solvers.Rule[float32], b solvers.Rule[float64]) {
	return &signs[float32]{}, &signs[float64]{}
}

type signs[T graph.Float] struct{ rate T }

func (r *signs[T]) Prepare(h *solvers.Hyper) { r.rate = T(h.Rate) }

func (r *signs[T]) Apply(w, g []T, _ solvers.State[T]) {
	for i, x := range g {
		switch {
		case x > 0:
			w[i] -= r.rate
		case x < 0:
			w[i] += r.rate
		}
	}
}

// An algorithm of a user's own moves the parameters of a model. docs/development.md has a longer one, with state.
func ExampleAlgorithm() {
	model := func(b *graph.Builder, x *graph.Node) *graph.Node {
		return b.Linear("fc", x, 2, graph.NoBias(), graph.InitWeight(graph.Constant(1)))
	}
	params := graph.NewParams(1, tensor.Float32)
	program, err := graph.Compile(model, params, graph.Config{Mode: graph.Train, Shape: tensor.Shape{1, 2}})
	if err != nil {
		fmt.Println(err)
		return
	}
	solver, err := solvers.New(signSGD{LR: 0.25}, params.All(), solvers.Tuning{})
	if err != nil {
		fmt.Println(err)
		return
	}
	x := tensor.New(tensor.WithShape(1, 2), tensor.WithBacking([]float32{3, -2}))
	if err := program.Run(x, []int32{0}); err != nil {
		fmt.Println(err)
		return
	}
	if err := solver.Step(program.Gradients()); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(params.Lookup("fc.weight").Value().Data())
	// Output: [1.25 0.75 0.75 1.25]
}
