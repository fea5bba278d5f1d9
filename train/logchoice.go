package train

import (
	"fmt"
	"strings"

	"github.com/sirupsen/logrus"

	"anneal/internal/plural"
	"anneal/runs"
)

// logValidation logs what chooses by the validation samples, if there are any.
func logValidation(l logrus.FieldLogger, e runs.Start) {
	if e.Validation == 0 {
		return
	}
	text := plural.Of(e.Validation, "sample") + " held out for validation"
	if e.By == runs.ByValidation && len(e.Choosers) > 0 {
		text += ", to choose by: " + strings.Join(e.Choosers, ", ")
	}
	l.WithField("validation", e.Validation).Info(text)
}

// spellJudged returns a loss and an accuracy on the samples of set as text, as far as there are any.
func spellJudged(whose, set string, loss, accuracy *float64) string {
	if accuracy == nil && loss == nil {
		return ""
	}
	text := "not finite"
	if loss != nil {
		text = fmt.Sprintf("%.4f", *loss)
	}
	if accuracy == nil {
		return fmt.Sprintf(", %s%s loss %s", whose, set, text)
	}
	return fmt.Sprintf(", %s%s loss %s, %s accuracy %.2f%%", whose, set, text, set, 100**accuracy)
}

// spellAverage returns the numbers of the average, if there is one, as text.
func spellAverage(e runs.Epoch) string {
	a := e.Average()
	if a.ValidationAccuracy != nil || a.ValidationLoss != nil {
		return spellJudged(a.Name+" ", "validation", a.ValidationLoss, a.ValidationAccuracy) +
			spellJudged("", "test", a.TestLoss, a.TestAccuracy)
	}
	return spellJudged(a.Name+" ", "test", a.TestLoss, a.TestAccuracy)
}

// spellMetrics returns the metrics of an epoch as text.
func spellMetrics(e runs.Epoch) (text string) {
	for _, m := range e.Metrics {
		for _, on := range []struct {
			set   string
			value *float64
		}{{"validation", m.Validation}, {"test", m.Test}} {
			switch {
			case on.value != nil:
				text += fmt.Sprintf(", %s %s %.4f", on.set, m.Name, *on.value)
			case on.set == "test":
				text += fmt.Sprintf(", test %s not defined", m.Name)
			}
		}
	}
	return text
}

// judgedFields returns the numbers of an epoch that not every run has as fields, with their names in metrics.jsonl.
func judgedFields(e runs.Epoch) logrus.Fields {
	fields, average := logrus.Fields{}, e.Average()
	for name, v := range map[string]*float64{
		"validation_loss": e.ValidationLoss, "validation_accuracy": e.ValidationAccuracy,
		average.Name + "_test_loss": average.TestLoss, average.Name + "_test_accuracy": average.TestAccuracy,
		average.Name + "_validation_loss":     average.ValidationLoss,
		average.Name + "_validation_accuracy": average.ValidationAccuracy,
	} {
		if v != nil {
			fields[name] = *v
		}
	}
	for _, m := range e.Metrics {
		if m.Test != nil {
			fields["test_"+m.Name] = *m.Test
		}
		if m.Validation != nil {
			fields["validation_"+m.Name] = *m.Validation
		}
	}
	return fields
}

// choiceFields returns the final accuracy and the best epoch as fields, as far as the run has them.
func choiceFields(e runs.End) logrus.Fields {
	fields := logrus.Fields{}
	switch {
	case e.Epochs > 0 && e.NoClasses:
		fields["test_loss"] = e.TestLoss
	case e.Epochs > 0:
		fields["test_accuracy"] = e.TestAccuracy
	}
	if e.Choice.Epoch > 0 {
		fields["choice"] = e.Choice
	}
	return fields
}
