package schedules_test

import (
	"fmt"
	"strings"

	"anneal/schedules"
)

func Example() {
	s, err := schedules.Parse("StepLR(5, 0.1)")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s)
	for _, count := range []int{0, 4, 5, 10} {
		fmt.Printf("%d: %.4g\n", count, s.At(0.1, count))
	}
	// Output:
	// StepLR(step_size=5)
	// 0: 0.1
	// 4: 0.1
	// 5: 0.01
	// 10: 0.001
}

func ExampleParse() {
	_, err := schedules.Parse("StepLR(stepsize=5)")
	fmt.Println(err)
	_, err = schedules.Parse("SequentialLR([LinearLR(0.1), StepLR(0)], [5])")
	fmt.Println(strings.ReplaceAll(err.Error(), ": column", ":\ncolumn"))
	// Output:
	// schedule "StepLR(stepsize=5)": column 8: StepLR has no setting "stepsize"; it has step_size, gamma=0.1; did you mean step_size?
	// schedule "SequentialLR([LinearLR(0.1), StepLR(0)], [5])":
	// column 37: StepLR: step_size is 0: want a whole number of at least 1
}

// A warm-up of two epochs, then the rate halves whenever the loss stops falling.
func ExampleDriver() {
	s, _ := schedules.Parse("WarmupLR(ReduceLROnPlateau(factor=0.5, patience=0), total_iters=2, start_factor=0.5)")
	d, _ := schedules.NewDriver(s, []float64{0.1})
	for epoch, loss := range []float64{2, 1.5, 1.2, 1.2, 1.1, 1.3} {
		fmt.Printf("%d: %.4g\n", epoch, d.Rates(epoch)[0])
		d.Observe(epoch, loss)
	}
	// Output:
	// 0: 0.05
	// 1: 0.075
	// 2: 0.1
	// 3: 0.1
	// 4: 0.05
	// 5: 0.05
}

func ExampleLint() {
	s, _ := schedules.Parse("StepLR(30)")
	for _, w := range schedules.Lint(s, schedules.Training{Epochs: 10, Bases: []float64{0.1}}) {
		fmt.Println(w)
	}
	// Output:
	// StepLR(step_size=30): never changes the rate in the 10 epochs of the run
}
