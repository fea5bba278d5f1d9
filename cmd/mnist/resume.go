package main

import (
	"fmt"
	"reflect"

	"anneal/runs"

	"github.com/alecthomas/kong"
)

// recorded returns the value of a flag in the config.json of the run that is resumed, for flags that are not given.
func recorded(k *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, p := range k.Path {
		if p.Flag == nil || p.Flag.Name != "resume" {
			continue
		}
		record, err := runs.ReadRecord(runs.Folder(fmt.Sprint(k.FlagValue(p.Flag))))
		if err != nil {
			return nil, nil // Run reports it
		}
		return arguments(record)[flag.Name], nil
	}
	return nil, nil
}

// arguments returns the flags that give a run the settings of r.
func arguments(r *runs.Record) map[string]any {
	a := map[string]any{
		"model": r.Model, "solver": r.Solver, "schedule": r.Schedule, "interval": string(r.Interval),
		"epochs": fmt.Sprint(r.Epochs), "batch": fmt.Sprint(r.Batch), "seed": fmt.Sprint(r.Seed), "no-shuffle": !r.Shuffle,
		"train-limit": fmt.Sprint(r.Train.Samples), "best": string(r.Best), "log-every": fmt.Sprint(r.LogEvery),
		"diagnostics": r.Diagnostics,
	}
	if folder, ok := r.Notes[noteData].(string); ok {
		a["data"] = folder
	}
	unlessZero := func(name string, v any) {
		if !reflect.ValueOf(v).IsZero() {
			a[name] = fmt.Sprint(v)
		}
	}
	unlessZero("augment", r.Augment)
	unlessZero("steps", r.StepLimit)
	unlessZero("accumulate", r.Accumulate)
	unlessZero("label-smoothing", r.LabelSmoothing)
	unlessZero("ema", r.EMA)
	unlessZero("patience", r.Patience)
	unlessZero("min-delta", r.MinDelta)
	unlessZero("save-every", r.SaveEvery)
	unlessZero("keep", r.Keep)
	if t := r.Tuning; t != nil {
		a["group"], a["freeze"], a["no-decay-norm-bias"] = list(t.Groups), list(t.Freeze), t.WeightOnly
		unlessZero("layer-decay", t.LayerDecay)
		unlessZero("clip-value", t.ClipValue)
		unlessZero("clip-norm", t.ClipNorm)
	}
	return a
}

// list returns texts as kong takes the values of a repeatable flag.
func list(texts []string) any {
	if texts == nil {
		return nil // no value, rather than an empty list
	}
	all := make([]any, len(texts))
	for i, t := range texts {
		all[i] = t
	}
	return all
}
