package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"anneal/internal/plural"
	"anneal/train"
)

type inspectCmd struct {
	File string `arg:"" help:"A file of weights: safetensors, a checkpoint, or a state dict by torch.save (.pt, .pth)."`
}

func (i *inspectCmd) Run(c *console) error {
	file, err := train.Inspect(i.File)
	if err != nil {
		return err
	}
	checksum := "no checksum"
	if file.Checksum != "" {
		checksum = "checksum right: SHA-256 " + file.Checksum
	}
	fmt.Fprintf(c.stdout, "%s: %s, %s\n", i.File, file.Format, checksum)
	if p := file.Progress; p != nil {
		fmt.Fprintf(c.stdout, "checkpoint after step %d: epoch %d, batch %d; %s evaluated", p.Step, p.Epoch, p.Batch, plural.Of(p.Epochs, "epoch"))
		if p.BestEpoch > 0 {
			fmt.Fprintf(c.stdout, ", best test accuracy %.2f%% in epoch %d, best test loss %.4f", 100*p.BestAccuracy, p.BestEpoch, p.BestLoss)
		}
		fmt.Fprintln(c.stdout)
	}
	if file.Record != nil {
		config, err := json.MarshalIndent(file.Record, "", "  ")
		if err != nil {
			return err
		}
		fmt.Fprintf(c.stdout, "config: %s\n", config)
	}
	for _, key := range slices.Sorted(maps.Keys(file.Metadata)) {
		fmt.Fprintf(c.stdout, "%s: %q\n", key, file.Metadata[key])
	}
	for _, part := range []struct {
		title   string
		tensors []train.TensorSummary
	}{{"tensor", file.Tensors}, {"moving average", file.EMA}, {"solver's state", file.State}} {
		if len(part.tensors) == 0 {
			continue
		}
		fmt.Fprintln(c.stdout)
		if err := summaries(part.title, part.tensors).write(c.stdout); err != nil {
			return err
		}
	}
	return nil
}

func summaries(title string, tensors []train.TensorSummary) table {
	t := table{{title, "type", "shape", "norm", "min", "max", "not finite"}}
	for _, s := range tensors {
		wrong := ""
		if s.Wrong > 0 {
			wrong = fmt.Sprint(s.Wrong)
		}
		t = append(t, []string{s.Name, s.Type, fmt.Sprint(s.Shape), fmt.Sprintf("%.6g", s.Norm), fmt.Sprintf("%.4g", s.Min), fmt.Sprintf("%.4g", s.Max), wrong})
	}
	return t
}
