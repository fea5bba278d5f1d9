package app

import (
	"fmt"
	"io"
	"strconv"

	"anneal/internal/plural"
)

// benchmark is what bench prints as JSON.
type benchmark struct {
	Model      string        `json:"model"`
	Shape      [3]int        `json:"shape"` // of an image: channels, height and width
	Batch      int           `json:"batch"`
	Fused      bool          `json:"fused"`
	Kernels    string        `json:"kernels"`
	Processors int           `json:"processors"`
	Peak       float64       `json:"peak_gflops"` // of all Processors together
	Modes      []measurement `json:"modes"`
	PeakMemory int           `json:"peak_memory_bytes,omitempty"` // of the process; 0 if it is not known
}

// measurement is the speed of one mode. Rates are those of the median step.
type measurement struct {
	Mode        string   `json:"mode"`
	Steps       int      `json:"steps"`
	Median      float64  `json:"median_us"`
	Min         float64  `json:"min_us"`
	Images      float64  `json:"images_per_second"`
	GFLOPS      float64  `json:"gflops"`
	Share       float64  `json:"share_of_peak"`
	Allocations float64  `json:"allocations"` // per step
	Bytes       float64  `json:"allocated_bytes"`
	Ops         []opCost `json:"ops,omitempty"`
}

// opCost is the median time of an op.
type opCost struct {
	Op     string  `json:"op"`
	Micros float64 `json:"us"`
	Share  float64 `json:"share"` // of the step
	GFLOPS float64 `json:"gflops,omitempty"`
}

// print writes b as text.
func (b benchmark) print(w io.Writer) error {
	layers := "fused"
	if !b.Fused {
		layers = "unfused"
	}
	if err := say(w, "%s (%s), batch %d of %d×%d×%d, %s kernels on %s, peak %.1f GFLOP/s\n\n",
		b.Model, layers, b.Batch, b.Shape[0], b.Shape[1], b.Shape[2], b.Kernels, plural.Of(b.Processors, "processor"),
		b.Peak); err != nil {
		return err
	}
	modes := head(0, "", "steps", "median us", "min us", "images/s", "GFLOP/s", "of peak", "allocs/step", "bytes/step")
	for _, m := range b.Modes {
		modes.add(m.Mode, strconv.Itoa(m.Steps), fmt.Sprintf("%.1f", m.Median), fmt.Sprintf("%.1f", m.Min),
			fmt.Sprintf("%.0f", m.Images), fmt.Sprintf("%.1f", m.GFLOPS), fmt.Sprintf("%.1f%%", 100*m.Share),
			fmt.Sprintf("%.1f", m.Allocations), fmt.Sprintf("%.0f", m.Bytes))
	}
	tables := []*table{modes}
	for _, m := range b.Modes {
		if m.Ops != nil {
			tables = append(tables, m.opTable())
		}
	}
	if err := printTables(w, tables...); err != nil {
		return err
	}
	if b.PeakMemory > 0 {
		fmt.Fprintf(w, "\npeak memory %.1f MB\n", float64(b.PeakMemory)/1e6)
	}
	return nil
}

// opTable returns a row per op.
func (m measurement) opTable() *table {
	t := head(1, m.Mode, "us", "share", "GFLOP/s")
	for _, op := range m.Ops {
		rate := ""
		if op.GFLOPS > 0 {
			rate = fmt.Sprintf("%.1f", op.GFLOPS)
		}
		t.add(op.Op, fmt.Sprintf("%.1f", op.Micros), fmt.Sprintf("%.1f%%", 100*op.Share), rate)
	}
	return t
}
