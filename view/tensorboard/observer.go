package tensorboard

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"anneal/graph"
	"anneal/runs"
)

// Recorder writes a run as an event file for TensorBoard. Its Observe is one of the train.Config's Observers.
//
//	loss/batch, lr/0, lr/1, …     scalars of the steps that New selects: the mean loss of the batches since the one
//	                              before, and a rate for each parameter group
//	loss/train, loss/test, accuracy/test, seconds/train, seconds/test, and with an average of the weights
//	loss/ema_test, accuracy/ema_test, or swa for ema, all also with validation for test if there are
//	validation samples; precision/0, …, recall/0, … of each class on the test samples
//	                              scalars of each epoch
//	confusion                     its confusion matrix on the test samples; see Confusion
//	conv1/weight, conv1/bias, …   histograms of the parameters and running statistics, at the start and of each epoch
//	pre_activation_p50/conv1, …   scalars of each epoch with diagnostics, named as in metrics.jsonl, by layer
//	settings                      the text of config.json
//
// A resumed run begins another file, with which TensorBoard discards what the older ones say about the time after the
// checkpoint. A file that cannot be written ends the run.
type Recorder struct {
	folder string
	every  int
	params *graph.Params
	start  runs.Start
	names  []string      // of the classes
	file   *Writer       // nil before the first step with something to write
	rated  int           // the last step whose rates are written
	mean   runs.LossMean // since the last step that was written
}

// New returns a Recorder of a run that writes into folder. The run must train params, those of its train.Config, and
// it may create them itself. It writes the steps for which runs.Step.Every(every) is true.
func New(folder string, every int, params *graph.Params) *Recorder {
	return &Recorder{folder: folder, every: every, params: params}
}

// Observe records an event of the run.
func (r *Recorder) Observe(e runs.Event) error {
	switch e := e.(type) {
	case runs.Start:
		r.start, r.mean = e, e.Unlogged
		if e.Done > 0 {
			return nil // the next event has the file's first step: that of an update or of an evaluation
		}
		if err := r.open(0); err != nil {
			return err
		}
		return r.file.Write(0, distributions(r.params)...)
	case runs.Step:
		r.mean.Add(e.Samples, e.Loss)
		if err := r.open(e.Step); err != nil || !e.Every(r.every) {
			return err
		}
		loss := e.Loss
		if r.mean.Samples > 0 {
			loss = r.mean.Mean()
		}
		r.rated, r.mean = e.Step, runs.LossMean{}
		return r.file.Write(e.Step, append(list("lr", e.LR), Scalar("loss/batch", loss))...)
	case runs.Epoch:
		if err := r.open(e.Step); err != nil {
			return err
		}
		return r.epoch(e)
	case runs.Diagnostics:
		if err := r.open(e.Step); err != nil {
			return err
		}
		return r.file.Write(e.Step, diagnostics(e)...)
	case runs.End:
		return r.Close()
	}
	return nil
}

// open creates the file, if there is none yet. next is its first step.
func (r *Recorder) open(next int) (err error) {
	if r.file != nil {
		return nil
	}
	if r.file, err = Create(r.folder, next); err != nil || r.start.Dir == "" {
		return err
	}
	record, err := runs.ReadRecord(r.start.Dir)
	if err != nil {
		return err
	}
	r.names = record.Data().ClassNames
	settings, err := json.MarshalIndent(record, "    ", "  ")
	if err != nil {
		return err
	}
	return r.file.Write(next, Text("settings", "    "+string(settings))) // indented: code, to Markdown
}

func (r *Recorder) epoch(e runs.Epoch) error {
	values := []Value{Scalar("loss/train", e.TrainLoss), Scalar("loss/test", e.TestLoss)}
	if !e.NoClasses {
		values = append(values, Scalar("accuracy/test", e.TestAccuracy))
	}
	values = append(values, Scalar("seconds/train", e.TrainSeconds), Scalar("seconds/test", e.TestSeconds))
	for _, m := range e.Metrics {
		if m.Test != nil {
			values = append(values, Scalar(m.Name+"/test", *m.Test))
		}
		if m.Validation != nil {
			values = append(values, Scalar(m.Name+"/validation", *m.Validation))
		}
	}
	average := e.Average()
	for _, v := range []struct {
		name  string
		value *float64
	}{
		{"loss/validation", e.ValidationLoss},
		{"accuracy/validation", e.ValidationAccuracy},
		{"loss/" + average.Name + "_test", average.TestLoss},
		{"accuracy/" + average.Name + "_test", average.TestAccuracy},
		{"loss/" + average.Name + "_validation", average.ValidationLoss},
		{"accuracy/" + average.Name + "_validation", average.ValidationAccuracy},
	} {
		if v.value != nil {
			values = append(values, Scalar(v.name, *v.value))
		}
	}
	if e.Confusion != nil {
		picture, err := Picture("confusion", Confusion(e.Confusion, r.names...))
		if err != nil {
			return err
		}
		values = append(values, picture)
		values = append(values, list("precision", e.Precision)...)
		values = append(values, list("recall", e.Recall)...)
	}
	if r.rated != e.Step {
		values = append(values, list("lr", e.LR)...)
	}
	return r.file.Write(e.Step, append(values, distributions(r.params)...)...)
}

// Close closes the file of a run that ended with an error. After an End there is nothing to do.
func (r *Recorder) Close() error {
	if r.file == nil {
		return nil
	}
	err := r.file.Close()
	r.file = nil
	return err
}

// list returns scalars whose names are numbers. It leaves out NaN, such as the recall of a class that does not occur.
func list(group string, numbers []float64) []Value {
	var values []Value
	for i, x := range numbers {
		if !math.IsNaN(x) {
			values = append(values, Scalar(group+"/"+strconv.Itoa(i), x))
		}
	}
	return values
}

// distributions returns histograms of all parameters and running statistics: conv1.weight as conv1/weight, so that
// TensorBoard groups them by layer.
func distributions(params *graph.Params) []Value {
	var values []Value
	for _, p := range params.All() {
		tag := p.Name()
		if dot := strings.LastIndex(tag, "."); dot >= 0 {
			tag = tag[:dot] + "/" + tag[dot+1:]
		}
		if p.Kind() != graph.Counter {
			values = append(values, Distribution(tag, NewHistogram(graph.Float64s(p.Value()))))
		}
	}
	return values
}
