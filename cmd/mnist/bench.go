package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/pprof"
	"slices"
	"strconv"
	"time"

	"anneal/graph"
	"anneal/internal/kernels"
	"anneal/internal/plural"
	"anneal/train"
)

type benchCmd struct {
	Model      modelFlag `default:"lenet-bn" placeholder:"NAME" help:"The network to measure; see the models command. Default: ${default}."`
	Batch      count     `default:"64" help:"Images per batch."`
	Mode       string    `enum:"train,eval,both" default:"both" help:"${bench_mode}"`
	Seconds    positive  `default:"3" help:"${bench_time}"`
	NoFuse     bool      `help:"Run every layer as a separate op."`
	Ops        bool      `help:"Then measure every op, for the same time again."`
	CPUProfile string    `name:"cpuprofile" placeholder:"FILE" help:"Write a CPU profile of the measured steps, for go tool pprof."`
	Format     string    `enum:"text,json" default:"text" help:"Print text or json."`
}

// Help follows the command's one line in its own help.
func (benchCmd) Help() string {
	return "GFLOP/s count the multiplications and additions that layers are defined by. Winograd's algorithm, which computes 3x3 convolutions of many channels, takes fewer, so that these can be above the peak."
}

// benchmark is what bench prints as JSON.
type benchmark struct {
	Model      string        `json:"model"`
	Batch      int           `json:"batch"`
	Fused      bool          `json:"fused"`
	Kernels    string        `json:"kernels"`
	Processors int           `json:"processors"`
	Peak       float64       `json:"peak_gflops"` // of all Processors together
	Modes      []measurement `json:"modes"`
	PeakMemory int           `json:"peak_memory_bytes,omitempty"` // of the process; 0: the system does not tell
}

// measurement is about steps of one kind. Rates are those of the median step.
type measurement struct {
	Mode        string   `json:"mode"`
	Steps       int      `json:"steps"`
	Median      float64  `json:"median_us"`
	Min         float64  `json:"min_us"`
	Images      float64  `json:"images_per_second"`
	GFLOPS      float64  `json:"gflops"`
	Share       float64  `json:"share_of_peak"`
	Allocations float64  `json:"allocations"` // a step
	Bytes       float64  `json:"allocated_bytes"`
	Ops         []opCost `json:"ops,omitempty"`
}

// opCost is an op's median time.
type opCost struct {
	Op     string  `json:"op"`
	Micros float64 `json:"us"`
	Share  float64 `json:"share"` // of the step
	GFLOPS float64 `json:"gflops,omitempty"`
}

func (b *benchCmd) Run(ctx context.Context, c *console) error {
	peak := kernels.MeasurePeak()
	result := benchmark{
		Model: b.Model.name, Batch: int(b.Batch), Fused: !b.NoFuse,
		Kernels: kernels.Variant(), Processors: runtime.GOMAXPROCS(0), Peak: peak / 1e9,
	}
	if b.CPUProfile != "" {
		file, err := os.Create(b.CPUProfile)
		if err != nil {
			return err
		}
		defer file.Close()
		if err := pprof.StartCPUProfile(file); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	for _, mode := range []graph.Mode{graph.Train, graph.Eval} {
		if b.Mode != "both" && b.Mode != mode.String() {
			continue
		}
		m, err := b.measure(ctx, mode, peak)
		if err != nil {
			return err
		}
		result.Modes = append(result.Modes, m)
	}
	result.PeakMemory = peakMemory()
	if b.Format == "json" {
		e := json.NewEncoder(c.stdout)
		e.SetIndent("", "  ")
		return e.Encode(result)
	}
	return result.print(c.stdout)
}

// measure times the steps of one mode.
func (b *benchCmd) measure(ctx context.Context, mode graph.Mode, peak float64) (measurement, error) {
	m := measurement{Mode: mode.String()}
	trial, err := train.NewTrial(b.Model.draw, mode, []int{int(b.Batch), 1, 28, 28}, !b.NoFuse)
	if err != nil {
		return m, err
	}
	limit := time.Duration(float64(b.Seconds) * float64(time.Second))
	steps, err := timed(ctx, trial, limit/10, make([]time.Duration, 0, 1<<18), nil)
	if err != nil {
		return m, err
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	steps, err = timed(ctx, trial, limit, steps[:0], nil)
	if err != nil {
		return m, err
	}
	runtime.ReadMemStats(&after)
	median := middle(steps)
	m.Steps, m.Median, m.Min = len(steps), micros(median), micros(slices.Min(steps))
	m.Images = float64(b.Batch) / median.Seconds()
	m.GFLOPS = float64(trial.FLOPs()) / float64(median.Nanoseconds())
	m.Share = m.GFLOPS * 1e9 / peak
	m.Allocations = float64(after.Mallocs-before.Mallocs) / float64(len(steps))
	m.Bytes = float64(after.TotalAlloc-before.TotalAlloc) / float64(len(steps))
	if b.Ops {
		m.Ops, err = costs(ctx, trial, limit)
	}
	return m, err
}

// timed runs steps until limit is over, at least three, and appends their times to steps. after is called after each.
func timed(ctx context.Context, trial *train.Trial, limit time.Duration, steps []time.Duration, after func(run, update time.Duration)) ([]time.Duration, error) {
	for began := time.Now(); len(steps) < 3 || time.Since(began) < limit; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		start := time.Now()
		if err := trial.Run(); err != nil {
			return nil, err
		}
		run := time.Since(start)
		if err := trial.Update(); err != nil {
			return nil, err
		}
		step := time.Since(start)
		steps = append(steps, step)
		if after != nil {
			after(run, step-run)
		}
	}
	return steps, nil
}

// costs are the ops' and the solver's median times, and what the step needs besides: in training Gorgonia's machine.
// Ops that only name what another has computed are left out.
func costs(ctx context.Context, trial *train.Trial, limit time.Duration) ([]opCost, error) {
	trial.Profile()
	before := trial.OpTimes()
	times := make([][]time.Duration, len(before))
	var updates, rest []time.Duration
	steps, err := timed(ctx, trial, limit, nil, func(run, update time.Duration) {
		now := trial.OpTimes()
		for i, op := range now {
			d := op.Time - before[i].Time
			times[i] = append(times[i], d)
			run -= d
		}
		before = now
		updates, rest = append(updates, update), append(rest, run)
	})
	if err != nil {
		return nil, err
	}
	var list []opCost
	add := func(name string, times []time.Duration, flops int64) {
		if t := middle(times); t > 200*time.Nanosecond {
			list = append(list, opCost{name, micros(t), t.Seconds() / middle(steps).Seconds(), float64(flops) / float64(t.Nanoseconds())})
		}
	}
	for i, op := range before {
		add(op.Op, times[i], op.FLOPs)
	}
	add("(solver)", updates, 0)
	add("(between ops)", rest, 0)
	slices.SortStableFunc(list, func(a, b opCost) int { return cmp.Compare(b.Micros, a.Micros) })
	return list, nil
}

// middle is the median, the upper one of two.
func middle(times []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(times))
	return sorted[len(sorted)/2]
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }

// peakMemory is the most memory that the process has had, in bytes, as Linux tells it, or 0.
func peakMemory() int {
	status, _ := os.ReadFile("/proc/self/status")
	_, after, _ := bytes.Cut(status, []byte("VmHWM:"))
	if fields := bytes.Fields(after); len(fields) > 0 {
		kilobytes, _ := strconv.Atoi(string(fields[0]))
		return 1024 * kilobytes
	}
	return 0
}

func (b benchmark) print(w io.Writer) error {
	layers := "fused"
	if !b.Fused {
		layers = "unfused"
	}
	fmt.Fprintf(w, "%s (%s), batch %d, %s kernels on %s, peak %.1f GFLOP/s\n\n", b.Model, layers, b.Batch, b.Kernels, plural.Of(b.Processors, "processor"), b.Peak)
	modes := table{{"", "steps", "median us", "min us", "images/s", "GFLOP/s", "of peak", "allocs/step", "bytes/step"}}
	for _, m := range b.Modes {
		modes = append(modes, []string{
			m.Mode, strconv.Itoa(m.Steps), fmt.Sprintf("%.1f", m.Median), fmt.Sprintf("%.1f", m.Min), fmt.Sprintf("%.0f", m.Images),
			fmt.Sprintf("%.1f", m.GFLOPS), fmt.Sprintf("%.1f%%", 100*m.Share), fmt.Sprintf("%.1f", m.Allocations), fmt.Sprintf("%.0f", m.Bytes),
		})
	}
	if err := modes.write(w); err != nil {
		return err
	}
	for _, m := range b.Modes {
		if m.Ops == nil {
			continue
		}
		width := 0
		for _, op := range m.Ops {
			width = max(width, len(op.Op))
		}
		ops := table{{fmt.Sprintf("%-*s", width, m.Mode), "us", "share", "GFLOP/s"}}
		for _, op := range m.Ops {
			rate := ""
			if op.GFLOPS > 0 {
				rate = fmt.Sprintf("%.1f", op.GFLOPS)
			}
			ops = append(ops, []string{fmt.Sprintf("%-*s", width, op.Op), fmt.Sprintf("%.1f", op.Micros), fmt.Sprintf("%.1f%%", 100*op.Share), rate})
		}
		fmt.Fprintln(w)
		if err := ops.write(w); err != nil {
			return err
		}
	}
	if b.PeakMemory > 0 {
		fmt.Fprintf(w, "\npeak memory %.1f MB\n", float64(b.PeakMemory)/1e6)
	}
	return nil
}
