package app

import (
	"fmt"
	"io"
	"strconv"

	"anneal/graph"
	"anneal/solvers"
)

// modelSummary is what summary prints as JSON. Bytes are of float32.
type modelSummary struct {
	Model     string         `json:"model"`
	Input     []int          `json:"input"`
	Layers    []layerSummary `json:"layers"`
	Trainable int            `json:"trainable"`
	Buffers   int            `json:"buffers"` // running statistics, without the counters of batches

	EvalFLOPs   int64  `json:"eval_flops"` // multiplications and additions, for a whole batch
	StepFLOPs   int64  `json:"step_flops"`
	ParamBytes  int    `json:"parameter_bytes"` // with the buffers
	EvalBytes   int64  `json:"eval_bytes"`      // of the activations of an evaluation program, fused
	StepBytes   int64  `json:"step_bytes"`      // of activations and gradients of a training program, fused
	Solver      string `json:"solver"`
	SolverBytes int    `json:"solver_bytes"`
}

// layerSummary is one row of the table.
type layerSummary struct {
	Name      string `json:"name"`
	Kind      string `json:"kind"`
	Output    []int  `json:"output"`
	Trainable int    `json:"trainable"`
	Buffers   int    `json:"buffers"`
	FLOPs     int64  `json:"flops"`
	Bytes     int    `json:"bytes"` // of its output
}

func (s *summaryCmd) summarize(of *graph.Summary) (*modelSummary, error) {
	m := &modelSummary{
		Model: s.Model.name, Input: s.input(), Solver: s.Solver.String(),
		EvalFLOPs: of.EvalFLOPs, StepFLOPs: of.StepFLOPs, EvalBytes: of.EvalMemory, StepBytes: of.StepMemory,
	}
	seen := make(map[*graph.Param]bool) // a shared parameter counts once
	for _, l := range of.Layers {
		row := layerSummary{
			Name: l.Name, Kind: l.String(), Output: l.Shape, FLOPs: l.FLOPs, Bytes: 4 * l.Shape.TotalSize(),
		}
		for _, p := range l.Params {
			switch n := p.Value().DataSize(); {
			case seen[p]:
			case p.Trainable():
				row.Trainable += n
			default:
				row.Buffers += n
			}
			seen[p] = true
		}
		m.Layers = append(m.Layers, row)
	}
	for _, p := range of.Params.All() {
		m.ParamBytes += p.Value().DataSize() * int(p.Value().Dtype().Size())
		switch {
		case p.Trainable():
			m.Trainable += p.Value().DataSize()
		case p.Kind() == graph.Buffer:
			m.Buffers += p.Value().DataSize()
		}
	}
	var err error
	m.SolverBytes, err = solvers.Memory(s.Solver.Algorithm, of.Params)
	return m, err
}

func (m *modelSummary) print(w io.Writer) error {
	fmt.Fprintf(w, "%s on %v\n\n", m.Model, m.Input)
	t := head(2, "layer", "kind", "output", "parameters", "buffers", "FLOPs", "memory")
	for _, l := range m.Layers {
		t.add(l.Name, l.Kind, fmt.Sprint(l.Output), thousands(l.Trainable), thousands(l.Buffers), thousands(int(l.FLOPs)),
			size(l.Bytes))
	}
	t.add("total", "", "", thousands(m.Trainable), thousands(m.Buffers), thousands(int(m.EvalFLOPs)), "")
	if err := t.write(w); err != nil {
		return err
	}
	each := "per " + nounOf(m.Input[1:])
	return say(w, "\n%s weights and buffers, %s state of %s\n"+
		"evaluation: %.4g MFLOPs per batch (%.4g %s), %s activations\n"+
		"training:   %.4g MFLOPs per step (%.4g %s), %s activations and gradients\n",
		size(m.ParamBytes), size(m.SolverBytes), m.Solver,
		mega(m.EvalFLOPs), mega(m.EvalFLOPs)/float64(m.Input[0]), each, size(int(m.EvalBytes)),
		mega(m.StepFLOPs), mega(m.StepFLOPs)/float64(m.Input[0]), each, size(int(m.StepBytes)))
}

func mega(n int64) float64 { return float64(n) / 1e6 }

// thousands returns n as in 21,900, or "" for 0.
func thousands(n int) string {
	if n == 0 {
		return ""
	}
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// size returns a number of bytes in units of 1000.
func size(n int) string {
	switch {
	case n < 1e3:
		return fmt.Sprintf("%d B", n)
	case n < 1e6:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}
