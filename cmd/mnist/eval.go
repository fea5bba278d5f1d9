package main

import (
	"context"
	"fmt"

	"anneal/train"
)

type evalCmd struct {
	weightsFlags
	Data  string `placeholder:"DIR" help:"A folder with an IDX data set of MNIST's four file names. Default: MNIST itself."`
	Batch count  `default:"1000" help:"Images at a time."`
	logFlags
}

func (e *evalCmd) Run(ctx context.Context, c *console) error {
	if _, err := e.identify(); err != nil {
		return err
	}
	pair, err := load(ctx, c.log(e.logFlags), e.Data)
	if err != nil {
		return err
	}
	evaluator, err := train.NewEvaluator(e.Model.draw, nil, pair.Test, int(e.Batch))
	if err != nil {
		return err
	}
	if err := train.Load(e.Init, evaluator.Params()); err != nil {
		return err
	}
	result, err := evaluator.Run(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.stdout, "test loss %.6f, test accuracy %.2f%% (%d/%d)\n", result.Loss, 100*result.Accuracy(), result.Correct, result.Total)
	return err
}
