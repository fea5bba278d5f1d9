package study

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"anneal/runs"
)

// Results are the results of a study.
type Results struct {
	Dir     string    // as Config.Dir
	Targets []float64 // as Config.Targets
	Usable  float64   // as Config.Usable
	// By is the data by which epochs and settings are compared. "": ByTest, as in older versions of the program
	By runs.ChooseBy
	// Measure is what epochs are compared by, and settings if it is a metric or if the study is a search; else these are
	// by the accuracy, or by the loss if the samples have no classes. "": the accuracy
	Measure runs.Best
	Cells   []Result // in the order of Matrix.Cells, or of the trials of a search, each with its seeds
	Open    int      // runs that have not ended, and are not in Cells; of a search, those that are under way
	Found   *Found   // nil unless the study is a search
}

// Result is the result of a cell's run.
type Result struct {
	Cell
	Epochs []runs.Epoch // the evaluated ones
	End    runs.End
	Choice runs.Choice // the best epoch, zero if nothing chooses

	classes int // of the data
}

// Diverged reports whether the run ended because its loss was not finite.
func (r Result) Diverged() bool { return r.End.Reason == runs.Diverged }

// Final returns the last epoch. There is none if the run diverged.
func (r Result) Final() (e runs.Epoch, ok bool) {
	if r.Diverged() || len(r.Epochs) == 0 {
		return e, false
	}
	return r.Epochs[len(r.Epochs)-1], true
}

// Collapsed reports whether the run did not diverge but ended no better than guessing; see runs.Counts.
func (r Result) Collapsed() bool {
	last, ok := r.Final()
	return ok && last.Guesses(r.classes)
}

// Reached returns the first epoch with a test accuracy of at least target, and the seconds that the run took until
// then, evaluations included. A run that diverges later has also reached it.
func (r Result) Reached(target float64) (e runs.Epoch, seconds float64, ok bool) {
	for _, e := range r.Epochs {
		seconds += e.TrainSeconds + e.TestSeconds
		if e.TestAccuracy >= target {
			return e, seconds, true
		}
	}
	return e, 0, false
}

// Seconds returns the time that the run took.
func (r Result) Seconds() float64 {
	sum := 0.0
	for _, e := range r.Epochs {
		sum += e.TrainSeconds + e.TestSeconds
	}
	return sum
}

// Steps returns the number of updates up to the last evaluation.
func (r Result) Steps() int {
	if len(r.Epochs) == 0 {
		return 0
	}
	return r.Epochs[len(r.Epochs)-1].Step
}

// CSV writes a head and one line per cell. It contains no times, so the same study gives the same bytes. best_accuracy
// is the highest test accuracy of an epoch. A study by validation samples also has the epoch that they chose. At
// the end are the metrics of the last epoch and, in a search, the number of the trial, counted from 1. Numbers are the
// shortest that read back to the same float64. A number that a run does not have, since it diverged or its samples have
// no classes, is empty.
func (r *Results) CSV(w io.Writer) error {
	head := []string{
		"name", "model", "setting", "solver", "schedule", "lr", "batch", "augment", "seed", "reason", "collapsed", "epochs",
		"steps", "final_accuracy", "final_test_loss", "final_train_loss", "best_accuracy", "best_epoch",
	}
	for _, target := range r.Targets {
		head = append(head, "steps_to_"+percent(target))
	}
	validated := r.By == runs.ByValidation
	if validated {
		head = append(head, "final_validation_accuracy", "final_validation_loss",
			"chosen_epoch", "chosen_validation_accuracy", "chosen_validation_loss", "chosen_accuracy")
	}
	metrics := r.metricNames()
	for _, name := range metrics {
		if head = append(head, "final_"+name); validated {
			head = append(head, "final_validation_"+name)
		}
	}
	if r.Found != nil {
		head = append(head, "trial")
	}
	out := csv.NewWriter(w)
	err := out.Write(head)
	for i, c := range r.Cells {
		if err == nil {
			fields := c.fields(r.Targets)
			if validated {
				fields = append(fields, c.validation()...)
			}
			fields = append(fields, c.metrics(metrics, validated)...)
			if r.Found != nil {
				fields = append(fields, strconv.Itoa(1+i*len(r.Found.Trials)/len(r.Cells)))
			}
			err = out.Write(fields)
		}
	}
	out.Flush()
	if err == nil {
		err = out.Error()
	}
	return err
}

// fields returns the cell's line in results.csv.
func (r Result) fields(targets []float64) []string {
	c := r.record()
	list := []string{
		c.Name, c.Model, c.Setting, c.Solver, c.Schedule,
		shortest(c.LR), strconv.Itoa(c.Batch), c.Augment, fmt.Sprint(c.Seed),
		r.End.Reason, strconv.FormatBool(r.Collapsed()), strconv.Itoa(len(r.Epochs)), strconv.Itoa(r.Steps()),
	}
	if last, ok := r.Final(); ok {
		list = append(list, r.accuracy(last.TestAccuracy), shortest(last.TestLoss), shortest(last.TrainLoss))
	} else {
		list = append(list, "", "", "")
	}
	if r.End.BestEpoch > 0 {
		list = append(list, shortest(r.End.BestAccuracy), strconv.Itoa(r.End.BestEpoch))
	} else {
		list = append(list, "", "")
	}
	for _, target := range targets {
		text := ""
		if e, _, ok := r.Reached(target); ok {
			text = strconv.Itoa(e.Step)
		}
		list = append(list, text)
	}
	return list
}

// validation returns the numbers in the cell's line in results.csv that only a study with validation samples has.
func (r Result) validation() []string {
	list := make([]string, 6)
	if last, ok := r.Final(); ok {
		loss, accuracy := last.Judged(runs.ByValidation)
		list[0], list[1] = r.accuracy(accuracy), shortest(loss)
	}
	if c := r.Choice; c.Epoch > 0 {
		list[2], list[3] = strconv.Itoa(c.Epoch), r.accuracy(c.Accuracy)
		list[4], list[5] = shortest(c.Loss), r.accuracy(c.TestAccuracy)
	}
	return list
}

// accuracy writes an accuracy, or nothing if the samples have no classes.
func (r Result) accuracy(v float64) string {
	if len(r.Epochs) > 0 && r.Epochs[0].NoClasses {
		return ""
	}
	return shortest(v)
}

// metrics returns the metrics of the last epoch in the cell's line in results.csv.
func (r Result) metrics(names []string, validated bool) []string {
	var list []string
	last, _ := r.Final()
	for _, name := range names {
		texts := make([]string, 2)
		if m := last.Metric(name); m != nil {
			for i, v := range []*float64{m.Test, m.Validation} {
				if v != nil {
					texts[i] = shortest(*v)
				}
			}
		}
		if list = append(list, texts[0]); validated {
			list = append(list, texts[1])
		}
	}
	return list
}

// percent returns a fraction in percent: 99, 99.2.
func percent(v float64) string { return strconv.FormatFloat(100*v, 'g', 10, 64) }
