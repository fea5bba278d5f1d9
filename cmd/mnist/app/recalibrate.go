package app

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"anneal/data"
	"anneal/graph"
	"anneal/internal/plural"
	"anneal/train"
	"anneal/weights"
)

type recalibrateCmd struct {
	weightsFlags
	Out        string `required:"" placeholder:"FILE" help:"${recalibrate_out}"`
	Overwrite  bool   `help:"Allow --out to be the file of --init."`
	TrainLimit count  `placeholder:"N" help:"Compute the statistics on the first N training images only."`
	Batch      count  `default:"200" help:"Test images per batch."`
	dataFlags
	logFlags
}

// Validate checks flags that depend on one another.
func (r *recalibrateCmd) Validate() error {
	to, err := os.Stat(r.Out)
	if err == nil && to.IsDir() {
		return fmt.Errorf("--out %s is a folder: give it the name of a file", r.Out)
	}
	from, missing := os.Stat(r.Init)
	if missing != nil {
		return nil // Run reports it
	}
	if err == nil && os.SameFile(from, to) && !r.Overwrite {
		return fmt.Errorf("--out %s is the file of --init: give it another name, or add --overwrite", r.Out)
	}
	return nil
}

func (r *recalibrateCmd) Run(ctx context.Context, c *console) error {
	log := c.log(r.logFlags)
	params, about, err := r.load(log)
	if err != nil {
		return err
	}
	file := about.said
	pair, err := about.load(ctx, log, r.dataFlags)
	if err != nil {
		return err
	}
	samples := pair.Train
	if r.TrainLimit > 0 {
		if samples, err = data.Limit(samples, int(r.TrainLimit)); err != nil {
			return err
		}
	}
	evaluator, err := train.NewEvaluator(r.Model.draw, params, pair.Test, int(r.Batch), r.Model.loss)
	if err != nil {
		return err
	}
	before, err := evaluator.Run(ctx)
	if err != nil {
		return err
	}
	var held []string
	if file.Record != nil && file.Record.Tuning != nil {
		if held = file.Record.Tuning.FreezeStats; len(held) > 0 {
			log.Infof("%s keeps the statistics of %s, which its training held", r.Init, strings.Join(held, " "))
		}
	}
	if err := train.Recalibrate(ctx, r.Model.draw, params, samples, held...); err != nil {
		return err
	}
	after, err := evaluator.Run(ctx)
	if err != nil {
		return err
	}
	if r.factsFlags.given() {
		about.Shape = about.shape()
		content, err := json.Marshal(about.DataRecord)
		if err != nil {
			return err
		}
		file.Metadata[weights.DataKey] = string(content)
	}
	if err := weights.SaveWith(r.Out, params, file.Record, file.Metadata); err != nil {
		return err
	}
	columns := []string{"statistics", "test loss", "test accuracy", ""}
	if !before.Classified {
		columns = columns[:2]
	}
	result := head(0, columns...)
	for _, e := range []struct {
		kind string
		train.Evaluation
	}{{"running", before}, {"recomputed", after}} {
		row := []string{
			e.kind, fmt.Sprintf("%.6f", e.Loss),
			fmt.Sprintf("%.2f%%", 100*e.Accuracy()), fmt.Sprintf("(%d/%d)", e.Correct, e.Total),
		}
		result.add(row[:len(columns)]...)
	}
	if err := result.write(c.stdout); err != nil {
		return err
	}
	return say(c.stdout, "%s: %s, statistics of %s over %s\n",
		r.Out, r.Model.name, plural.Of(norms(params, held), "BatchNorm"), plural.Of(samples.Len(), noun(samples)))
}

// norms counts the BatchNorm layers that do not hold their statistics. Each has one counter of batches.
func norms(params *graph.Params, held []string) int {
	n := 0
	for _, p := range params.All() {
		name := strings.TrimSuffix(p.Name(), ".num_batches_tracked")
		if p.Kind() == graph.Counter && !graph.FreezesStats(held, name) {
			n++
		}
	}
	return n
}
