package app

import (
	"context"
	"fmt"
	"math"

	"anneal/data"
	"anneal/internal/plural"
	"anneal/metrics"
	"anneal/runs"
	"anneal/train"
	"anneal/weights"
)

type evalCmd struct {
	weightsFlags
	Batch    count       `default:"200" help:"Images per batch."`
	PerClass bool        `help:"${per_class}"`
	Format   string      `enum:"text,json" default:"text" help:"How to print: text or json."`
	Metrics  metricsFlag `placeholder:"SPEC" help:"${eval_metrics}"`
	dataFlags
	logFlags
}

func (e *evalCmd) Run(ctx context.Context, c *console) error {
	about, err := e.identify()
	if err != nil {
		return err
	}
	log := c.log(e.logFlags)
	pair, err := about.load(ctx, log, e.dataFlags)
	if err != nil {
		return err
	}
	evaluator, err := train.NewEvaluator(e.Model.draw, nil, pair.Test, int(e.Batch), e.Model.loss)
	if err != nil {
		return err
	}
	e.Metrics = e.Model.measures(e.Metrics, pair.Test)
	if err := evaluator.SetMetrics(e.Metrics.list...); err != nil {
		return fmt.Errorf("--metrics: %w", err)
	}
	if e.PerClass && !evaluator.Classifies() {
		return fmt.Errorf("--per-class: %s tells no classes apart: leave the flag out", e.Model.name)
	}
	loaded, err := weights.LoadPart(e.Init, evaluator.Params(), nil, nil)
	if err != nil {
		return err
	}
	tellLoaded(log, loaded)
	result, err := evaluator.Run(ctx)
	if err != nil {
		return err
	}
	if result.Guesses() {
		loss, accuracy := result.Chance()
		log.Warnf("the network does no better than guessing: knowing only how frequent each class is gives a test loss of "+
			"%.6f and a test accuracy of %.2f%%", loss, 100*accuracy)
	}
	names := about.ClassNames
	if names == nil {
		names = data.FactsOf(pair.Test).ClassNames
	}
	switch {
	case e.Format == "json" && result.Classified:
		return printJSON(c.stdout, e.record(result, names))
	case e.Format == "json":
		return printJSON(c.stdout, valuesRecord{metrics.Finite(result.Loss), result.Total, e.metrics(result)})
	case result.Classified:
		err = say(c.stdout, "test loss %.6f, test accuracy %.2f%% (%d/%d)\n",
			result.Loss, 100*result.Accuracy(), result.Correct, result.Total)
	default:
		err = say(c.stdout, "test loss %.6f (%v), %s\n",
			result.Loss, e.Model.loss, plural.Of(result.Total, "sample"))
	}
	for i, m := range e.Metrics.list {
		if err == nil {
			err = say(c.stdout, "test %v %s\n", m, shareText(result.Metrics[i]))
		}
	}
	if err != nil || !e.PerClass {
		return err
	}
	fmt.Fprintln(c.stdout)
	return classTable(result, names).write(c.stdout)
}

// evaluationRecord is what eval prints as JSON, with the keys of metrics.jsonl.
type evaluationRecord struct {
	Loss      *float64    `json:"test_loss"` // null if it is not finite
	Accuracy  float64     `json:"test_accuracy"`
	Correct   int         `json:"correct"`
	Total     int         `json:"total"`
	Confusion [][]int     `json:"confusion,omitempty"`
	Guessing  bool        `json:"guessing,omitempty"`
	Precision runs.Shares `json:"precision,omitempty"`
	Recall    runs.Shares `json:"recall,omitempty"`
	Classes   []string    `json:"classes,omitempty"` // their names, if they have any

	Metrics []runs.Metric `json:"metrics,omitempty"` // those of --metrics
}

// valuesRecord is what eval prints as JSON of a model that gives no classes.
type valuesRecord struct {
	Loss    *float64      `json:"test_loss"` // null if it is not finite
	Total   int           `json:"total"`
	Metrics []runs.Metric `json:"metrics,omitempty"`
}

// metrics returns the metrics of --metrics.
func (e *evalCmd) metrics(r train.Evaluation) (list []runs.Metric) {
	for i, m := range e.Metrics.list {
		list = append(list, runs.Metric{Name: m.String(), Larger: m.Larger(), Test: metrics.Finite(r.Metrics[i])})
	}
	return list
}

func (e *evalCmd) record(r train.Evaluation, names []string) evaluationRecord {
	record := evaluationRecord{
		Loss: metrics.Finite(r.Loss), Accuracy: r.Accuracy(), Correct: r.Correct, Total: r.Total, Guessing: r.Guesses(),
		Metrics: e.metrics(r),
	}
	if e.PerClass {
		record.Confusion, record.Precision, record.Recall = r.Confusion, r.Precision, r.Recall
		if runs.HasNames(names) {
			record.Classes = names
		}
	}
	return record
}

// classTable returns a row per class: its precision and recall, and how many of its images were taken for each class.
func classTable(e train.Evaluation, names []string) *table {
	columns := []string{"class", "precision", "recall"}
	for class := range e.Confusion {
		columns = append(columns, "as "+runs.ClassName(names, class))
	}
	t := head(0, columns...)
	for class, recall := range e.Recall {
		row := []string{runs.ClassName(names, class), shareText(e.Precision[class]), shareText(recall)}
		if e.Confusion != nil {
			for _, n := range e.Confusion[class] {
				row = append(row, fmt.Sprint(n))
			}
		}
		t.add(row...)
	}
	return t
}

// shareText returns a number with four digits, or – if there is nothing that it could be of.
func shareText(share float64) string {
	if math.IsNaN(share) {
		return "–"
	}
	return fmt.Sprintf("%.4f", share)
}
