package app

import (
	"bytes"
	"cmp"
	"context"
	"os"
	"runtime"
	"runtime/pprof"
	"slices"
	"strconv"
	"time"

	"anneal/graph"
	"anneal/internal/kernels"
)

type benchCmd struct {
	Model      modelFlag `default:"lenet-bn" placeholder:"NAME" help:"${bench_model} Default: ${default}."`
	Batch      count     `default:"64" help:"Images per batch."`
	Shape      shapeFlag `default:"1,28,28" placeholder:"C,H,W" help:"${bench_shape}"`
	Mode       string    `enum:"train,eval,both" default:"both" help:"${bench_mode}"`
	Seconds    positive  `default:"3" help:"${bench_time}"`
	NoFuse     bool      `help:"Run every layer as a separate op."`
	Ops        bool      `help:"Then measure every op, for the same time again."`
	CPUProfile string    `name:"cpuprofile" placeholder:"FILE" help:"${bench_profile}"`
	Format     string    `enum:"text,json" default:"text" help:"How to print: text or json."`
}

// Help returns the text below the first line of the command's help.
func (benchCmd) Help() string {
	return "GFLOP/s count the multiplications and additions that define a layer. Winograd's algorithm, which computes " +
		"3x3 convolutions of many channels, needs fewer, so its numbers can be above the peak."
}

func (b *benchCmd) Run(ctx context.Context, c *console) error {
	peak := kernels.MeasurePeak()
	result := benchmark{
		Model: b.Model.name, Shape: b.Shape, Batch: int(b.Batch), Fused: !b.NoFuse,
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
		return printJSON(c.stdout, result)
	}
	return result.print(c.stdout)
}

// measure measures the steps of one mode.
func (b *benchCmd) measure(ctx context.Context, mode graph.Mode, peak float64) (measurement, error) {
	m := measurement{Mode: mode.String()}
	shape := []int{int(b.Batch), b.Shape[0], b.Shape[1], b.Shape[2]}
	t, err := newTrial(b.Model.draw, mode, shape, !b.NoFuse, b.Model.loss)
	if err != nil {
		return m, err
	}
	limit := time.Duration(float64(b.Seconds) * float64(time.Second))
	steps, err := timed(ctx, t, limit/10, make([]time.Duration, 0, 1<<18), nil)
	if err != nil {
		return m, err
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	steps, err = timed(ctx, t, limit, steps[:0], nil)
	if err != nil {
		return m, err
	}
	runtime.ReadMemStats(&after)
	median := middle(steps)
	m.Steps, m.Median, m.Min = len(steps), micros(median), micros(slices.Min(steps))
	m.Images = float64(b.Batch) / median.Seconds()
	m.GFLOPS = float64(t.FLOPs()) / float64(median.Nanoseconds())
	m.Share = m.GFLOPS * 1e9 / peak
	m.Allocations = float64(after.Mallocs-before.Mallocs) / float64(len(steps))
	m.Bytes = float64(after.TotalAlloc-before.TotalAlloc) / float64(len(steps))
	if b.Ops {
		m.Ops, err = costs(ctx, t, limit)
	}
	return m, err
}

// timed runs steps until the time limit, but at least three, and returns steps with their times appended. After each
// step it calls after, unless that is nil, with the times of the program's run and of the solver's update.
func timed(
	ctx context.Context, t *trial, limit time.Duration, steps []time.Duration, after func(run, update time.Duration),
) ([]time.Duration, error) {
	for began := time.Now(); len(steps) < 3 || time.Since(began) < limit; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		start := time.Now()
		if err := t.Run(); err != nil {
			return nil, err
		}
		run := time.Since(start)
		if err := t.Update(); err != nil {
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

// costs returns the median times of the ops, of the solver, and of the rest of a step, which in training is Gorgonia's
// machine. It leaves out ops that only name what another one has computed.
func costs(ctx context.Context, t *trial, limit time.Duration) ([]opCost, error) {
	t.Profile()
	before := t.OpTimes()
	times := make([][]time.Duration, len(before))
	var updates, rest []time.Duration
	steps, err := timed(ctx, t, limit, nil, func(run, update time.Duration) {
		now := t.OpTimes()
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
			share, rate := t.Seconds()/middle(steps).Seconds(), float64(flops)/float64(t.Nanoseconds())
			list = append(list, opCost{name, micros(t), share, rate})
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

// middle returns the median of times. For an even number of times it returns the upper of the two in the middle.
func middle(times []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(times))
	return sorted[len(sorted)/2]
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }

// peakMemory returns the largest amount of memory that the process has used, in bytes, or 0 if the system is not Linux.
func peakMemory() int {
	status, _ := os.ReadFile("/proc/self/status")
	_, after, _ := bytes.Cut(status, []byte("VmHWM:"))
	if fields := bytes.Fields(after); len(fields) > 0 {
		kilobytes, _ := strconv.Atoi(string(fields[0]))
		return 1024 * kilobytes
	}
	return 0
}
