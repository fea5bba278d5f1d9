package app

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"anneal/metrics"
	"anneal/schedules"
)

// forecast is what a schedule does at the counts 0, 1, 2 and so on.
type forecast struct {
	Schedule string
	Rates    []float64
	Momenta  []float64 // nil if the schedule leaves the momentum alone
	blind    bool      // the rates depend on metrics, and there are none
}

// newForecast returns the rates and momenta of d at the first n counts. After each count d observes one of the metrics,
// while there are any.
func newForecast(spec string, d *schedules.Driver, n int, metrics []float64) forecast {
	f := forecast{Schedule: spec, blind: d.State() != nil && len(metrics) == 0}
	for i := range n {
		f.Rates = append(f.Rates, d.Rates(i)[0])
		if momentum, cycles := d.Momentum(i); cycles {
			f.Momenta = append(f.Momenta, momentum)
		}
		if i < len(metrics) {
			d.Observe(i, metrics[i])
		}
	}
	return f
}

// forecastTable returns a row per count. The columns of several schedules are named by their specs, or else by numbers.
func forecastTable(list []forecast, exact bool) *table {
	t := head(0, "count")
	var columns [][]float64
	for i, f := range list {
		name := ""
		switch {
		case len(list) > 1 && exact:
			name = " " + f.Schedule
		case len(list) > 1:
			name = fmt.Sprint(" ", i+1)
		}
		t.rows[0], columns = append(t.rows[0], "rate"+name), append(columns, f.Rates)
		if f.Momenta != nil {
			t.rows[0], columns = append(t.rows[0], "momentum"+name), append(columns, f.Momenta)
		}
	}
	digits := 6
	if exact {
		digits = -1
	}
	for count := range list[0].Rates {
		row := []string{strconv.Itoa(count)}
		for _, column := range columns {
			row = append(row, number(column[count], digits))
		}
		t.add(row...)
	}
	return t
}

// number returns v with so many significant digits, or for -1 with the fewest that read back to v.
func number(v float64, digits int) string {
	return strconv.FormatFloat(v, 'g', digits, 64)
}

// encodeForecasts writes one object as JSON.
func encodeForecasts(w io.Writer, lr float64, list []forecast) error {
	type schedule struct {
		Schedule string     `json:"schedule"`
		Rate     []*float64 `json:"rate"`
		Momentum []float64  `json:"momentum,omitempty"`
	}
	document := struct {
		LR        float64    `json:"lr"`
		Schedules []schedule `json:"schedules"`
	}{LR: lr}
	for _, f := range list {
		s := schedule{Schedule: f.Schedule, Momentum: f.Momenta}
		for _, rate := range f.Rates {
			s.Rate = append(s.Rate, metrics.Finite(rate))
		}
		document.Schedules = append(document.Schedules, s)
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(document)
}
