package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"anneal/runs"
)

// chart is what charts.js draws, under the names that it has there.
type chart struct {
	Title    string  `json:"title"`
	X        string  `json:"x"`
	Y        string  `json:"y"`
	Log      bool    `json:"log,omitempty"`
	Percent  bool    `json:"percent,omitempty"`
	Steps    bool    `json:"steps,omitempty"`
	Smooth   int     `json:"smooth,omitempty"`
	Switches *bool   `json:"switches,omitempty"`
	Height   int     `json:"height,omitempty"`
	Line     string  `json:"line,omitempty"` // what the curves are
	Band     string  `json:"band,omitempty"` // what their own bands are
	Lines    []curve `json:"lines"`
	Marks    []event `json:"marks,omitempty"`
}

// curve is one line of one run.
type curve struct {
	Name     string  `json:"name"`
	Kind     string  `json:"kind,omitempty"`
	Seed     int     `json:"seed"` // which run of its name, from 0
	X        numbers `json:"x"`
	Y        numbers `json:"y"`
	Low      numbers `json:"low,omitempty"`
	High     numbers `json:"high,omitempty"`
	Diverged bool    `json:"diverged,omitempty"`
}

// event is a vertical line.
type event struct {
	X    float64 `json:"x"`
	Text string  `json:"text"`
}

// The kinds of curves, as charts.js knows them.
const (
	test     = "test"
	valid    = "valid"
	training = "train"
	ema      = "ema"
	swa      = "swa"
)

// numbers are written as JSON with seven significant digits. A number that is not finite is written as null.
type numbers []float64

func (n numbers) MarshalJSON() ([]byte, error) {
	b := []byte{'['}
	for i, v := range n {
		if i > 0 {
			b = append(b, ',')
		}
		if math.IsNaN(v) || math.IsInf(v, 0) {
			b = append(b, "null"...)
		} else {
			b = strconv.AppendFloat(b, v, 'g', 7, 64)
		}
	}
	return append(b, ']'), nil
}

// crowd is the largest number of settings whose training losses fit into the chart of the test losses.
const crowd = 7

// curves returns the charts of a page: loss, accuracy (unless no run has classes), metrics and rate by epoch, and the
// training loss step by step.
func curves(all []Run) []chart {
	loss := chart{Title: "Loss", X: "epoch", Y: lossUnit(all), Log: true}
	accuracy := chart{Title: "Test accuracy", X: "epoch", Percent: true, Log: true}
	rate := chart{Title: "Learning rate", X: "epoch", Steps: true}
	trained := chart{Title: "Training loss", X: "epoch", Y: loss.Y, Log: true}
	inLoss := &loss // where the training loss is drawn
	if len(settings(all)) > crowd {
		loss.Title, inLoss = "Test loss", &trained
	}
	steps := chart{Title: stepTitle(all), X: "epoch", Y: loss.Y, Log: true, Smooth: 12}
	count := map[string]int{}
	for i := range all {
		r := &all[i]
		one := curve{Name: r.Name, Seed: count[r.Name], Diverged: r.Diverged()}
		count[r.Name]++
		add := func(to *chart, kind string, of func(e runs.Epoch) float64) {
			c := one
			c.Kind = kind
			for _, e := range r.Epochs {
				c.X, c.Y = append(c.X, float64(e.Epoch)), append(c.Y, of(e))
			}
			to.Lines = append(to.Lines, c)
		}
		add(&loss, test, func(e runs.Epoch) float64 { return e.TestLoss })
		add(inLoss, training, func(e runs.Epoch) float64 { return e.TrainLoss })
		if !r.classless() {
			add(&accuracy, test, func(e runs.Epoch) float64 { return e.TestAccuracy })
		}
		if average := r.averaged(); average != "" {
			add(&loss, average, func(e runs.Epoch) float64 { return value(e.Average().TestLoss) })
			if !r.classless() {
				add(&accuracy, average, func(e runs.Epoch) float64 { return value(e.Average().TestAccuracy) })
			}
		}
		if r.validated() {
			add(&loss, valid, func(e runs.Epoch) float64 { return value(e.ValidationLoss) })
			if !r.classless() {
				accuracy.Title = "Accuracy"
				add(&accuracy, valid, func(e runs.Epoch) float64 { return value(e.ValidationAccuracy) })
			}
		}
		c := one
		c.Kind = test
		c.X, c.Y = r.rates()
		rate.Lines = append(rate.Lines, c)
		c.Kind = training
		c.X, c.Y = r.losses()
		steps.Lines = append(steps.Lines, c)
	}
	rate.Log = spread(rate.Lines) > 20
	charts := []chart{loss}
	if classified(all) {
		charts = append(charts, accuracy)
	}
	charts = append(append(charts, metricCharts(all)...), rate)
	if inLoss == &trained {
		charts = append(charts, trained)
	}
	charts = append(charts, steps)
	marks := marks(all)
	for i := range charts {
		charts[i].Marks = marks
	}
	if len(all) == 1 {
		charts[0].Marks = all[0].explain(marks)
	}
	return charts
}

// empty reports whether c has nothing to draw.
func (c chart) empty() bool {
	return !slices.ContainsFunc(c.Lines, func(l curve) bool { return len(l.X) > 0 })
}

func value(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}

// spread returns the largest value divided by the smallest above 0.
func spread(lines []curve) float64 {
	least, most := math.Inf(1), 0.0
	for _, l := range lines {
		for _, v := range l.Y {
			if v > 0 {
				least, most = min(least, v), max(most, v)
			}
		}
	}
	return most / least
}

// at returns the place of s in the run, in epochs.
func (r *Run) at(s runs.Step) float64 {
	samples := r.record().EpochSamples()
	if samples < 1 {
		return float64(s.Epoch)
	}
	return float64(s.Epoch-1) + float64(s.Seen)/float64(samples)
}

// most is the largest number of points that show the steps of a run.
const most = 400

// losses returns the mean losses up to the steps in the metrics, each since the point before it.
func (r *Run) losses() (x, y numbers) {
	each := (len(r.Steps) + most - 1) / most
	for part := range chunks(r.Steps, each) {
		var mean runs.LossMean
		for _, s := range part {
			loss, samples := s.Mean()
			mean.Add(samples, loss)
		}
		x, y = append(x, r.at(part[len(part)-1])), append(y, mean.Mean())
	}
	return x, y
}

// stepTitle returns the title of the chart of losses. It warns about runs of older versions of the program, whose
// metrics have single batches instead of means.
func stepTitle(all []Run) string {
	const title = "Training loss, step by step"
	for _, r := range all {
		single := func(s runs.Step) bool { return s.MeanSamples == 0 }
		if slices.ContainsFunc(r.Steps, single) && r.record().LogEvery != 1 {
			if len(all) == 1 {
				return fmt.Sprintf("%s: single batches, one in %d", title, max(1, r.record().LogEvery))
			}
			return title + ": in some runs of single batches"
		}
	}
	return title
}

func chunks(steps []runs.Step, n int) func(func([]runs.Step) bool) {
	if n == 0 {
		return func(func([]runs.Step) bool) {}
	}
	return slices.Chunk(steps, n)
}

// rates returns the rates of the first parameter group, each valid since the point before it: of the epochs, or of
// the steps if the schedule counts steps.
func (r *Run) rates() (x, y numbers) {
	add := func(at float64, lr []float64) {
		if len(lr) == 0 {
			return
		}
		if x == nil {
			x, y = numbers{0}, numbers{lr[0]}
		}
		x, y = append(x, at), append(y, lr[0])
	}
	if r.record().Interval != runs.PerStep || len(r.Steps) == 0 {
		for _, e := range r.Epochs {
			add(float64(e.Epoch), e.LR)
		}
		return x, y
	}
	for part := range chunks(r.Steps, (len(r.Steps)+most-1)/most) {
		last := part[len(part)-1]
		add(r.at(last), last.LR)
	}
	return x, y
}
