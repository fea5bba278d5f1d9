package report_test

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"anneal/runs"
	"anneal/view/report"
)

// regression is a run whose samples have no classes, with two metrics: mae, by which it is the best in its epoch 2, and
// r2, which is not defined in epoch 1.
func regression(name string, seed uint64, by runs.ChooseBy, best runs.Best) report.Run {
	r := run(name, seed, 4)
	r.Mistakes = nil
	r.Record.ChooseBy, r.Record.Best, r.Record.Loss, r.Record.Metrics = by, best, "MSE", "mae, r2"
	r.Record.Train.Classes = 0
	for i := range r.Epochs {
		e, x := &r.Epochs[i], float64(i)+float64(seed)/100
		e.TestAccuracy, e.NoClasses, e.Confusion, e.Precision, e.Recall = 0, true, nil, nil, nil
		e.ValidationLoss = new(2 + x/100)
		e.Metrics = []runs.Metric{
			{Name: "mae", Test: new(0.5 + math.Abs(x-1)), Validation: new(0.6 + math.Abs(x-1))},
			{Name: "r2", Larger: true, Test: new(0.8125 + x/100)},
		}
	}
	r.Epochs[0].Metrics[1].Test = nil
	return r
}

// never is what no page of runs without classes may say.
func never(t *testing.T, what, text string) {
	t.Helper()
	text = strings.ToLower(text[:strings.Index(text, "<script>")]) // the charts' own words are about any run
	for _, word := range []string{"accurac", "0.00 %", "100.00 %", "confusion", "precision", "guess", "nats"} {
		if at := strings.Index(text, word); at >= 0 {
			t.Errorf("%s: the page says %q: …%s", what, word, text[max(0, at-60):min(len(text), at+40)])
		}
	}
}

// A page of a run without classes has its loss and its metrics, and no accuracy.
func TestPageOfRegression(t *testing.T) {
	for _, c := range []struct {
		by   runs.ChooseBy
		best runs.Best
		want []string
	}{
		{runs.ByNothing, runs.ByLoss, []string{
			"<dt>test loss at the end</dt>",
			"<dt>test mae</dt><dd>2.5100 <small>at the end",
		}},
		{runs.ByValidation, runs.ByLoss, []string{"<dt>validation loss</dt><dd>2.0001 <small>best, in epoch 1 of 4"}},
		{runs.ByTest, runs.ByLoss, []string{"<dt>best test loss</dt>", "in epoch 4 of 4, chosen by the test set"}},
		{runs.ByTest, "mae", []string{
			"<dt>best test mae</dt><dd>0.5100 <small>in epoch 2 of 4",
			"<dt>test r2</dt><dd>0.8426",
		}},
		{runs.ByValidation, "mae", []string{
			"<dt>validation mae</dt><dd>0.6100 <small>best, in epoch 2 of 4",
			"<dt>test mae</dt><dd>2.5100 <small>at the end; 0.5100 in epoch 2",
		}},
	} {
		text := save(t, report.Page{Runs: []report.Run{regression("mlp", 1, c.by, c.best)}})
		never(t, string(c.by), text)
		for _, want := range append(c.want, ">test mae</button>", ">validation mae</button>", ">test r2</button>",
			`"title":"mae"`, `"title":"r2"`, `"y":[null,0.8226,0.8326,0.8426]`, ">validation loss</button>") {
			if !strings.Contains(text, want) {
				t.Errorf("by %q, %q: the page lacks %s", c.by, c.best, want)
			}
		}
		for _, not := range []string{">validation r2</button>", `"title":"Test accuracy"`} {
			if strings.Contains(text, not) {
				t.Errorf("by %q, %q: the page has %s", c.by, c.best, not)
			}
		}
	}
}

// Several runs without classes are compared by what they chose by, and the best is the one with the smallest error.
func TestPageOfRegressions(t *testing.T) {
	page := func(best runs.Best) string {
		return save(t, report.Page{Runs: []report.Run{
			regression("wide", 30, runs.ByTest, best), regression("deep", 5, runs.ByTest, best),
			regression("deep", 7, runs.ByTest, best),
		}})
	}
	for best, want := range map[runs.Best][]string{
		"mae": {
			"<dt>best setting</dt><dd>0.5600 <small>deep: best mae, mean of 2 runs", ">best mae</button>", "test mae 2.5500",
		},
		runs.ByLoss: {
			"deep: best loss, mean of 2 runs", ">best loss</button>", ">validation loss</button>", ">test r2</button>",
		},
	} {
		text := page(best)
		never(t, string(best), text)
		for _, part := range want {
			if !strings.Contains(text, part) {
				t.Errorf("by %s: the page lacks %s", best, part)
			}
		}
	}
}

// Runs with and without classes on one page: the accuracies are those of the runs that have any.
func TestPageOfBothKinds(t *testing.T) {
	p := report.Page{Runs: []report.Run{regression("mlp", 1, "", runs.ByLoss), run("lenet", 1, 4)}}
	p.Runs[1].Epochs[3].Metrics = []runs.Metric{
		{Name: "f1", Larger: true, Test: new(0.5)}, {Name: "accuracy", Test: new(0.5)},
	}
	text := save(t, p)
	if strings.Contains(text, ">0.00 %") || strings.Contains(text, ">0.00\u00a0%") ||
		!strings.Contains(text, `"title":"f1"`) ||
		strings.Contains(text, `"title":"accuracy"`) || strings.Contains(text, "<dt>best setting</dt>") {
		t.Error("the page compares accuracies with losses, shows an accuracy of 0 %, lacks f1, or has accuracy twice")
	}
	if err := p.Curves(filepath.Join(t.TempDir(), "curves.svg")); err != nil {
		t.Error(err)
	}
}

// A run with classes shows its metrics as curves, in tables and at the top.
func TestPageOfMetrics(t *testing.T) {
	r := run("lenet", 1, 4)
	for i := range r.Epochs {
		r.Epochs[i].Metrics = []runs.Metric{{Name: "top(k=2)", Larger: true, Test: new(0.9)}}
	}
	text := save(t, report.Page{Runs: []report.Run{r}})
	for _, want := range []string{
		`"title":"top(k=2)"`, ">test top(k=2)</button>", "<dt>test top(k=2)</dt><dd>0.9000", "<dt>best test accuracy</dt>",
		`"title":"Test accuracy"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}
