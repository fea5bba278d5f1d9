package solvers_test

import (
	"fmt"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/solvers"
)

// A solver from its spec, with batch normalization spared from weight decay and the first layer frozen.
func Example() {
	model := func(b *graph.Builder, x *graph.Node) *graph.Node {
		h := b.ReLU(b.BatchNorm("fc1_bn", b.Linear("fc1", x, 16)))
		return b.Linear("fc2", h, 2)
	}
	params := graph.NewParams(1, tensor.Float32)
	program, err := graph.Compile(model, params, graph.Config{Mode: graph.Train, Shape: tensor.Shape{4, 3}})
	if err != nil {
		fmt.Println(err)
		return
	}
	settings, err := solvers.Parse("SGD(lr=0.1, momentum=0.9, weight_decay=1e-4)")
	if err != nil {
		fmt.Println(err)
		return
	}
	spared, err := solvers.ParseGroup("*_bn.*: lr=0.5, weight_decay=0")
	if err != nil {
		fmt.Println(err)
		return
	}
	solver, err := solvers.New(settings, params.All(), solvers.Tuning{
		Groups: []solvers.Group{spared}, Freeze: []string{"fc1.*"}, ClipNorm: 5,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	x := tensor.New(tensor.WithShape(4, 3), tensor.WithBacking([]float32{0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 1, 1}))
	for step := range 20 {
		rate := 0.1 / float64(1+step/10)
		if err := solver.SetRate(0, rate); err != nil {
			fmt.Println(err)
			return
		}
		if err := solver.SetRate(1, rate/2); err != nil {
			fmt.Println(err)
			return
		}
		if err := program.Run(x, []int32{0, 0, 1, 1}); err != nil {
			fmt.Println(err)
			return
		}
		if err := solver.Step(program.Gradients()); err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Println(settings)
	fmt.Println("rates:", solver.Rates())
	fmt.Println("fc1.weight:", solver.RateOf("fc1.weight"), " fc1_bn.bias:", solver.RateOf("fc1_bn.bias"))
	fmt.Println("learned:", program.Loss() < 0.1)
	// Output:
	// SGD(lr=0.1, momentum=0.9, weight_decay=0.0001)
	// rates: [0.05 0.025]
	// fc1.weight: 0  fc1_bn.bias: 0.025
	// learned: true
}

// A typing error is answered with what there is.
func ExampleParse() {
	_, err := solvers.Parse("SGD(lr=0.1, momentun=0.9)")
	fmt.Println(err)
	_, err = solvers.Parse("Adam(betas=(0.9, 1.0))")
	fmt.Println(err)
	// Output:
	// solver "SGD(lr=0.1, momentun=0.9)": column 13: SGD has no setting "momentun"; it has lr=0.001, momentum=0.0, dampening=0.0, weight_decay=0.0, nesterov=False, l1=0.0, maximize=False; did you mean momentum?
	// solver "Adam(betas=(0.9, 1.0))": column 12: Adam: betas is (0.9, 1.0): want two numbers, each of at least 0 and below 1
}
