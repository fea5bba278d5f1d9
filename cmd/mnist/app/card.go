package app

import (
	"cmp"
	"path/filepath"

	"anneal/deploy/predict"
	"anneal/deploy/serve"
	"anneal/runs"
)

// card returns what is known about a network: what its file says, and how good its run's folder says that it is.
func (o *origin) card(name, licence string, network *predict.Predictor) (*serve.Card, error) {
	c, err := serve.NewCard(name, network)
	if err != nil {
		return nil, err
	}
	c.File, c.SHA256, c.Licence = filepath.Base(o.file), o.said.Checksum, licence
	r := o.said.Record
	if r == nil {
		return c, nil
	}
	c.Training = &serve.Training{
		Data: r.Data().Name, SHA256: r.Train.SHA256, Samples: r.Train.Samples, Solver: r.Solver, Schedule: r.Schedule,
		Interval: string(cmp.Or(r.Interval, runs.PerEpoch)), Epochs: r.Epochs, Batch: r.Batch,
		Loss: cmp.Or(r.Loss, "CrossEntropyLoss"), Augment: r.Augment, Seed: r.Seed,
	}
	run, err := runs.Read(filepath.Dir(o.file))
	if err != nil || run.Record.Decisive().JSON() != r.Decisive().JSON() {
		return c, nil // the file is alone, or in the folder of another run
	}
	c.Training.Date = run.Record.Date
	if e := o.epoch(run); e != nil {
		c.Results = results(e, run.Record, filepath.Base(o.file))
	}
	return c, nil
}

// epoch returns the epoch of its run after which the network had the file's weights, or nil.
func (o *origin) epoch(run *runs.Run) *runs.Epoch {
	if o.said.Progress == nil {
		return run.Last()
	}
	for i := range run.Epochs {
		if run.Epochs[i].Step == o.said.Progress.Step {
			return &run.Epochs[i]
		}
	}
	return nil
}

// results returns how good the weights in the file of that name are after an epoch.
func results(e *runs.Epoch, r *runs.Record, file string) (list []serve.Result) {
	averaged := file == runs.EMAFile || file == runs.SWAFile
	own := runs.Average{
		TestLoss: &e.TestLoss, TestAccuracy: &e.TestAccuracy,
		ValidationLoss: e.ValidationLoss, ValidationAccuracy: e.ValidationAccuracy,
	}
	if averaged {
		own = e.Average()
	}
	test := serve.Result{Set: "test", Samples: r.Test.Samples, Epoch: e.Epoch, Metrics: map[string]float64{}}
	validation := serve.Result{Set: "validation", Epoch: e.Epoch, Metrics: map[string]float64{}}
	for _, m := range e.Metrics {
		onTest, onValidation := m.Test, m.Validation
		if averaged {
			onTest, onValidation = m.AverageTest, m.AverageValidation
		}
		if onTest != nil {
			test.Metrics[m.Name] = *onTest
		}
		if onValidation != nil {
			validation.Metrics[m.Name] = *onValidation
		}
	}
	if !e.NoClasses {
		test.Accuracy, validation.Accuracy = own.TestAccuracy, own.ValidationAccuracy
	}
	if own.TestLoss != nil {
		test.Loss = *own.TestLoss
		list = append(list, test)
	}
	if own.ValidationLoss != nil && r.Validation != nil {
		validation.Loss, validation.Samples = *own.ValidationLoss, r.Validation.Samples
		list = append(list, validation)
	}
	return list
}
