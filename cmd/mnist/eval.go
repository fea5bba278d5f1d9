package main

import (
	"context"
	"fmt"

	"anneal/train"
)

type evalCmd struct {
	weightsFlags
	Data     string `placeholder:"DIR" help:"${data}"`
	Batch    count  `default:"200" help:"Images per batch."`
	PerClass bool   `help:"${per_class}"`
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
	if err != nil || !e.PerClass {
		return err
	}
	fmt.Fprintln(c.stdout)
	return classTable(result).write(c.stdout)
}

// classTable has a row for each class: how well it is told, and how many of its images are taken for each class.
func classTable(e train.Evaluation) table {
	t := table{{"class", "precision", "recall"}}
	for class := range e.Confusion {
		t[0] = append(t[0], fmt.Sprintf("as %d", class))
	}
	for class, recall := range e.Recall {
		row := []string{fmt.Sprint(class), fmt.Sprintf("%.4f", e.Precision[class]), fmt.Sprintf("%.4f", recall)}
		if e.Confusion != nil {
			for _, n := range e.Confusion[class] {
				row = append(row, fmt.Sprint(n))
			}
		}
		t = append(t, row)
	}
	return t
}
