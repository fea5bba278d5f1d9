package train

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sirupsen/logrus"

	"anneal/internal/plural"
	"anneal/runs"
)

// Log returns an observer that logs one line per epoch, and within an epoch one line per every batches, with their mean
// loss. If every is below 1, it logs no lines for batches:
//
//	Train Epoch: 1 [6400/60000 (11%)]	Loss: 0.213400
//	Epoch 1: train loss 0.1503, test loss 0.0512, test accuracy 98.51% (9851/10000), lr 0.1, 1.9s train, 0.1s test
//
// If there are functions row, they are called with each epoch in place of its line.
//
// The numbers, except those of single classes, are also fields of the entry, with their names in metrics.jsonl, for
// formatters that print fields.
func Log(l logrus.FieldLogger, every int, row ...func(runs.Epoch)) runs.Observer {
	var start runs.Start
	var last, earlier runs.Epoch
	var looked runs.Diagnostics // after earlier
	var mean runs.LossMean      // since the last line
	return func(e runs.Event) error {
		switch e := e.(type) {
		case runs.Reading:
			l.WithFields(logrus.Fields{"part": e.Part, "done": e.Done, "samples": e.Samples}).
				Infof("reading the %s samples for their hash: %d of %d", e.Part, e.Done, e.Samples)
		case runs.Start:
			start, mean = e, e.Unlogged
			logStart(l, e)
		case runs.Step:
			mean.Add(e.Samples, e.Loss)
			if e.Every(every) {
				logStep(l, start, e, mean)
				mean = runs.LossMean{}
			}
		case runs.Epoch:
			if row == nil {
				logEpoch(l, e)
			}
			for _, show := range row {
				show(e)
			}
			earlier, last = last, e
		case runs.Diagnostics:
			logRecalibrated(l, e, last)
			s, ok := runs.NewShift(earlier, last, looked, e)
			if ok && e.Epoch == looked.Epoch+1 && !slices.Equal(last.LR, earlier.LR) {
				l.WithFields(logrus.Fields{"epoch": e.Epoch, "loss": s.Loss, "weights": s.Weights, "statistics": s.Statistics}).
					Infof("Epoch %d: lr %s after %s moved the test loss by %+.4f: weights %+.4f, statistics %+.4f",
						e.Epoch, spellRates(last.LR), spellRates(earlier.LR), s.Loss, s.Weights, s.Statistics)
			}
			looked = e
		case runs.Control:
			logControl(l, e)
		case runs.Refused:
			l.WithField("action", e.Command.Action).Warnf("not done: %s", strings.TrimPrefix(e.Err.Error(), "train: "))
		case runs.Retry:
			l.WithField("what", e.What).Warnf("%s: %v: trying again for up to %v", e.What, e.Err, e.Limit)
		case runs.Notice:
			l.WithFields(logrus.Fields{"epoch": e.Epoch, "step": e.Step, "kind": e.Kind}).
				Warnf("Epoch %d, step %d: %s", e.Epoch, e.Step, e.Text)
		case runs.End:
			logEnd(l, start, e)
			if last.Guessing != nil && *last.Guessing {
				l.WithField("guessing", true).Warn("the network does no better than guessing")
			}
		}
		return nil
	}
}

// logStep logs a line for the batches since the last one, whose mean loss is mean.
func logStep(l logrus.FieldLogger, start runs.Start, e runs.Step, mean runs.LossMean) {
	fields := logrus.Fields{"epoch": e.Epoch, "step": e.Step, "seen": e.Seen, "loss": e.Loss, "lr": e.LR}
	loss := e.Loss
	if mean.Samples > 0 {
		loss = mean.Mean()
		fields["mean_loss"] = loss
	}
	l.WithFields(fields).Infof("Train Epoch: %d [%d/%d (%.0f%%)]\tLoss: %.6f",
		e.Epoch, e.Seen, start.Samples, 100*float64(e.Seen)/float64(start.Samples), loss)
}

// logEpoch logs the numbers of an epoch.
func logEpoch(l logrus.FieldLogger, e runs.Epoch) {
	fields := logrus.Fields{
		"epoch": e.Epoch, "step": e.Step, "train_loss": e.TrainLoss, "test_loss": e.TestLoss,
		"total": e.Total, "lr": e.LR, "train_seconds": e.TrainSeconds, "test_seconds": e.TestSeconds,
	}
	exchange := ""
	if e.ExchangeSeconds > 0 {
		fields["exchange_seconds"], exchange = e.ExchangeSeconds, fmt.Sprintf(" (exchange %.1fs)", e.ExchangeSeconds)
	}
	accuracy := ""
	if !e.NoClasses {
		fields["test_accuracy"], fields["correct"] = e.TestAccuracy, e.Correct
		accuracy = fmt.Sprintf(", test accuracy %.2f%% (%d/%d)", 100*e.TestAccuracy, e.Correct, e.Total)
	}
	l.WithFields(judgedFields(e)).WithFields(fields).Infof("Epoch %d: train loss %.4f%s, test loss %.4f%s%s, lr %s, "+
		"%.1fs train%s, %.1fs test",
		e.Epoch, e.TrainLoss, spellJudged("", "validation", e.ValidationLoss, e.ValidationAccuracy),
		e.TestLoss, accuracy+spellMetrics(e), spellAverage(e), spellRates(e.LR), e.TrainSeconds, exchange, e.TestSeconds)
}

// logControl logs a command that was carried out.
func logControl(l logrus.FieldLogger, e runs.Control) {
	fields, text := logrus.Fields{"epoch": e.Epoch, "step": e.Step, "action": e.Action}, ""
	switch e.Action {
	case runs.Pause:
		text = "paused"
	case runs.Continue:
		text = "continuing"
	case runs.SetRate:
		fields["lr"], text = e.LR, "lr "+spellRates(e.LR)+" from here on"
	case runs.Stop:
		text = "stopping"
	}
	l.WithFields(fields).Infof("Epoch %d, step %d: %s, as requested", e.Epoch, e.Step, text)
}

// logEnd logs how a run ended.
func logEnd(l logrus.FieldLogger, start runs.Start, e runs.End) {
	text := e.Reason + " after " + plural.Of(e.Epochs, "epoch")
	text += e.Outcome()
	if start.Dir != "" && e.Reason != runs.Diverged {
		text += "; weights, settings and metrics are in " + start.Dir
	}
	fields := logrus.Fields{"epochs": e.Epochs, "reason": e.Reason}
	if !e.NoClasses {
		fields["best_accuracy"], fields["best_epoch"] = e.BestAccuracy, e.BestEpoch
	}
	l.WithFields(fields).WithFields(choiceFields(e)).Info(text)
}

// logRecalibrated logs the evaluation with recomputed statistics, if there was one.
func logRecalibrated(l logrus.FieldLogger, d runs.Diagnostics, e runs.Epoch) {
	if d.RecalibratedTestLoss == nil {
		return
	}
	loss, accuracy := *d.RecalibratedTestLoss, ""
	fields := logrus.Fields{"epoch": d.Epoch, "step": d.Step, "recalibrated_test_loss": loss}
	if a := d.RecalibratedTestAccuracy; a != nil {
		fields["recalibrated_test_accuracy"], accuracy = *a, fmt.Sprintf(", test accuracy %.2f%%", 100**a)
	}
	l.WithFields(fields).Infof("Epoch %d: with recomputed statistics test loss %.4f (running %.4f)%s",
		d.Epoch, loss, e.TestLoss, accuracy)
}

// logStart logs what is trained, what the run starts from, and the warnings.
func logStart(l logrus.FieldLogger, e runs.Start) {
	l.WithFields(logrus.Fields{"samples": e.Samples, "weights": e.Weights, "epochs": e.Epochs, "steps": e.Steps}).
		Infof("training %s on %s: %s, %s", plural.Of(e.Weights, "weight"), plural.Of(e.Samples, "sample"),
			plural.Of(e.Steps, "step"), plural.Of(e.Epochs, "epoch"))
	if e.ScaleLR != runs.ScaleNot {
		l.WithFields(logrus.Fields{"update": e.Update, "reference_batch": e.Reference, "rate_factor": e.RateFactor}).
			Infof("%d samples per update, reference %d: learning rates multiplied by %.6g (%s)",
				e.Update, e.Reference, e.RateFactor, e.ScaleLR)
	}
	logValidation(l, e)
	if e.Loaded != nil {
		logLoaded(l, e.Loaded)
	}
	if e.Done > 0 {
		l.WithField("step", e.Done).Infof("continuing after step %d", e.Done)
	}
	for _, c := range e.Changes {
		l.Info("changed since the run began: " + c)
	}
	logGroups(l, e)
	for _, w := range e.Warnings {
		l.Warn(w)
	}
}

// logLoaded logs what became of each tensor of the model and of the file.
func logLoaded(l logrus.FieldLogger, i *runs.Loaded) {
	for _, text := range i.Notes() {
		l.Info(text)
	}
	for _, part := range []struct {
		what  string
		names []string
	}{
		{"loaded from " + i.File, i.Taken},
		{"not loaded", i.Left},
		{"newly initialised", i.Anew},
		{"in the file but not used", i.Unused},
	} {
		if len(part.names) > 0 {
			l.WithField("tensors", part.names).Infof("%s: %s", part.what, strings.Join(part.names, " "))
		}
	}
}

// logGroups logs the parameter groups, unless there is only one with one rate.
func logGroups(l logrus.FieldLogger, e runs.Start) {
	for i, g := range e.Groups {
		name := g.Pattern
		if i == 0 {
			name = "other parameters"
			if len(e.Groups) == 1 && len(e.Frozen) == 0 && g.Lowest == g.LR {
				break
			}
		}
		text := fmt.Sprintf("group %d, %s: %s, lr %s", i, name, plural.Of(g.Tensors, "tensor"), spellRates([]float64{g.LR}))
		if g.Tensors > 0 && g.Lowest < g.LR {
			text += ", by layer down to " + spellRates([]float64{g.Lowest})
		}
		l.WithFields(logrus.Fields{"group": i, "tensors": g.Tensors, "lr": g.LR}).Info(text)
	}
	if len(e.Frozen) > 0 {
		l.WithField("frozen", e.Frozen).Info("frozen: " + strings.Join(e.Frozen, " "))
	}
	if len(e.Moving) > 0 {
		l.WithField("layers", e.Moving).Infof("frozen, but the running statistics of %[1]s still change with every batch, "+
			"and training normalises by the batch: freeze-stats holds them, such as --freeze-stats %[2]s",
			strings.Join(e.Moving, " "), e.Moving[0])
	}
	if len(e.Held) > 0 {
		l.WithField("layers", e.Held).Info("running statistics held and normalised by: " + strings.Join(e.Held, " "))
	}
}

// spellRates returns the rates of the parameter groups as text, with a space between them.
func spellRates(lr []float64) string {
	text := make([]string, len(lr))
	for i, r := range lr {
		text[i] = strconv.FormatFloat(r, 'g', 6, 64)
	}
	return strings.Join(text, " ")
}
