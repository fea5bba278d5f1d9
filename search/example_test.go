package search_test

import (
	"fmt"

	"anneal/search"
)

// A search over the rate and the momentum of a solver. What a trial scores would come from training.
func ExamplePlan() {
	var space search.Space
	if err := space.Add("solver", "SGD(lr=log(1e-4, 1), momentum=choice(0, uniform(0.5, 0.99)))"); err != nil {
		fmt.Println(err)
		return
	}
	trials := search.Suggest(&space, 1, nil)
	plan := search.Plan{
		Rungs: search.Rungs(1, 9, 3), Reduction: 3, Lag: 2, Seeds: 1, Budget: search.Budget{Runs: 6},
	}
	score := func(j search.Job) (search.Outcome, bool) {
		trial, _ := trials.At(j.Trial)
		return search.Outcome{Score: -trial.Units[0]}, true // the smaller the rate, the better
	}
	jobs, _ := plan.Jobs(score)
	for _, j := range jobs {
		trial, _ := trials.At(j.Trial)
		fmt.Printf("trial %d to epoch %d: %s\n", j.Trial, plan.Rungs[j.Rung], trial.Texts["solver"])
	}
	// Output:
	// trial 0 to epoch 1: SGD(lr=0.007674, momentum=0.9546)
	// trial 1 to epoch 1: SGD(lr=0.000207, momentum=0.9243)
	// trial 2 to epoch 1: SGD(lr=0.1128, momentum=0)
	// trial 3 to epoch 1: SGD(lr=0.000148, momentum=0.82)
	// trial 1 to epoch 3: SGD(lr=0.000207, momentum=0.9243)
	// trial 3 to epoch 3: SGD(lr=0.000148, momentum=0.82)
	// trial 4 to epoch 1: SGD(lr=0.00769, momentum=0.8097)
	// trial 5 to epoch 1: SGD(lr=0.04763, momentum=0.8739)
}
