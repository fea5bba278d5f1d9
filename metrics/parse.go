package metrics

import (
	"fmt"
	"strings"

	"anneal/internal/spec"
)

// registry lists the metrics that have a spec.
var registry = spec.Registry[Metric]{What: "metric", Alone: true, Entries: []spec.Entry[Metric]{
	entry[Accuracy]("accuracy"),
	entry[Top]("top"),
	entry[F1]("f1"),
	entry[ROCAUC]("roc_auc"),
	entry[AveragePrecision]("average_precision"),
	entry[MAE]("mae"),
	entry[RMSE]("rmse"),
	entry[R2]("r2"),
	entry[Perplexity]("perplexity"),
	entry[ECE]("ece"),
}}

func entry[M Metric, P interface {
	*M
	settings() []spec.Setting
}](name string) spec.Entry[Metric] {
	return spec.Entry[Metric]{Name: name, New: func() ([]spec.Setting, func() Metric) {
		m := new(M)
		return P(m).settings(), func() Metric { return *m }
	}}
}

// format returns a spec without brackets that have nothing in them.
func format(name string, settings ...spec.Setting) string {
	return strings.TrimSuffix(spec.Format(name, settings...), "()")
}

// Parse reads a metric such as "f1", "f1(labels=[1])" and "top(k=3)". The names are accuracy, top, f1, roc_auc,
// average_precision, mae, rmse, r2, perplexity and ece. The error says what is wrong, in which column, and what is
// allowed.
func Parse(text string) (Metric, error) { return registry.Parse(text) }

// Signatures lists the metrics that Parse reads, each as a call with the keys and the defaults of its settings.
func Signatures() []string { return registry.Signatures() }

// ParseList reads metrics with commas between them. None may be there twice.
func ParseList(text string) ([]Metric, error) {
	var list []Metric
	depth, from := 0, 0
	for i, c := range text + "," {
		switch {
		case c == '(' || c == '[':
			depth++
		case c == ')' || c == ']':
			depth--
		case c == ',' && depth <= 0 || i == len(text):
			m, err := Parse(strings.TrimSpace(text[from:i]))
			if err != nil {
				return nil, err
			}
			list, from = append(list, m), i+1
		}
	}
	return list, Distinct(list)
}

// Distinct returns an error if two metrics have the same name.
func Distinct(list []Metric) error {
	names := make(map[string]bool)
	for _, m := range list {
		if names[m.String()] {
			return fmt.Errorf("metrics: %v is there twice: want it once", m)
		}
		names[m.String()] = true
	}
	return nil
}

// Format returns what ParseList reads, if Parse knows all metrics of the list.
func Format(list []Metric) string {
	texts := make([]string, len(list))
	for i, m := range list {
		texts[i] = m.String()
	}
	return strings.Join(texts, ", ")
}
