package app

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"anneal/internal/plural"
	"anneal/internal/printable"
	"anneal/metrics"
	"anneal/runs"
	"anneal/weights"
)

type inspectCmd struct {
	File   string `arg:"" help:"${inspected}"`
	Format string `enum:"text,json" default:"text" help:"How to print: text or json."`
}

func (i *inspectCmd) Run(c *console) error {
	file, err := weights.Inspect(i.File)
	if err != nil {
		return err
	}
	if i.Format == "json" {
		return printJSON(c.stdout, i.record(file))
	}
	return i.print(c.stdout, file)
}

// print writes what the file contains as text.
func (i *inspectCmd) print(w io.Writer, file *weights.Inspection) error {
	checksum := "no checksum"
	if file.Checksum != "" {
		checksum = "checksum right: SHA-256 " + file.Checksum
	}
	fmt.Fprintf(w, "%s: %s, %s\n", printable.Line(i.File), file.Format, printable.Line(brief(checksum, maxName)))
	if p := file.Progress; p != nil {
		fmt.Fprintf(w, "checkpoint after step %d: epoch %d, batch %d; %s evaluated",
			p.Step, p.Epoch, p.Batch, plural.Of(p.Evaluated, "epoch"))
		if p.Choice.Epoch > 0 {
			fmt.Fprintf(w, ", %v", p.Choice)
		}
		fmt.Fprintln(w)
	}
	if file.Record != nil {
		config, err := json.MarshalIndent(file.Record, "", "  ")
		if err != nil {
			return err
		}
		lines := strings.Split(string(config), "\n")
		for i, line := range lines {
			lines[i] = brief(line, maxLine)
		}
		fmt.Fprintf(w, "config: %s\n", printable.JSON(strings.Join(lines, "\n")))
	}
	for _, key := range slices.Sorted(maps.Keys(file.Metadata)) {
		fmt.Fprintf(w, "%s: %q\n", printable.Line(brief(key, maxName)), brief(file.Metadata[key], maxLine))
	}
	for _, part := range []struct {
		title   string
		tensors []weights.TensorSummary
	}{
		{"tensor", file.Tensors},
		{"moving average", file.EMA},
		{"equal average", file.SWA},
		{"solver's state", file.State},
	} {
		if len(part.tensors) == 0 {
			continue
		}
		fmt.Fprintln(w)
		if err := tensorTable(part.title, part.tensors).write(w); err != nil {
			return err
		}
	}
	return nil
}

// tensorTable returns a row per tensor.
func tensorTable(title string, tensors []weights.TensorSummary) *table {
	t := head(0, title, "type", "shape", "norm", "min", "max", "not finite")
	for _, s := range tensors {
		if s.Opaque {
			t.add(s.Name, s.Type, fmt.Sprint(s.Shape), "", "", "", "")
			continue
		}
		wrong := ""
		if s.Wrong > 0 {
			wrong = fmt.Sprint(s.Wrong)
		}
		t.add(s.Name, s.Type, fmt.Sprint(s.Shape), fmt.Sprintf("%.6g", s.Norm), fmt.Sprintf("%.4g", s.Min),
			fmt.Sprintf("%.4g", s.Max), wrong)
	}
	return t
}

// fileRecord is what inspect prints as JSON.
type fileRecord struct {
	File     string            `json:"file"`
	Format   string            `json:"format"`
	Checksum string            `json:"sha256,omitempty"`
	Progress *runs.Progress    `json:"progress,omitempty"`
	Config   *runs.Record      `json:"config,omitempty"`
	Metadata map[string]string `json:"metadata,omitempty"`
	Tensors  []tensorRecord    `json:"tensors"`
	EMA      []tensorRecord    `json:"moving_average,omitempty"`
	SWA      []tensorRecord    `json:"equal_average,omitempty"`
	State    []tensorRecord    `json:"solver_state,omitempty"`
}

// tensorRecord is one tensor in a fileRecord.
type tensorRecord struct {
	Name      string   `json:"name"`
	Type      string   `json:"type"`
	Shape     []int    `json:"shape"`
	Norm      *float64 `json:"norm"` // null if it is not finite, or the numbers are not read
	Min       float64  `json:"min"`
	Max       float64  `json:"max"`
	NotFinite int      `json:"not_finite"`
}

func (i *inspectCmd) record(file *weights.Inspection) fileRecord {
	return fileRecord{
		i.File, file.Format, file.Checksum, file.Progress, file.Record, file.Metadata,
		tensorRecords(file.Tensors), tensorRecords(file.EMA), tensorRecords(file.SWA), tensorRecords(file.State),
	}
}

func tensorRecords(tensors []weights.TensorSummary) []tensorRecord {
	var list []tensorRecord
	for _, s := range tensors {
		norm := metrics.Finite(s.Norm)
		if s.Opaque {
			norm = nil
		}
		list = append(list, tensorRecord{s.Name, s.Type, s.Shape, norm, s.Min, s.Max, s.Wrong})
	}
	return list
}
