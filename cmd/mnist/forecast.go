package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"

	"anneal/schedules"
)

// forecast is what a schedule does at counts 0, 1, 2 and so on.
type forecast struct {
	Schedule string
	Rates    []float64
	Momenta  []float64 // nil if the schedule leaves the momentum alone
	blind    bool      // the rates depend on metrics, and there are none
}

// newForecast asks for n counts and tells the metric that there is after each.
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

// columns are the numbers of forecasts with what heads them; name tells the i-th from the others.
func columns(list []forecast, name func(i int) string) (heads []string, numbers [][]float64) {
	for i, f := range list {
		heads, numbers = append(heads, "rate"+name(i)), append(numbers, f.Rates)
		if f.Momenta != nil {
			heads, numbers = append(heads, "momentum"+name(i)), append(numbers, f.Momenta)
		}
	}
	return heads, numbers
}

// writeTable writes a table for people.
func writeTable(w io.Writer, list []forecast) error {
	name := func(int) string { return "" }
	if len(list) > 1 {
		name = func(i int) string { return fmt.Sprintf(" %d", i+1) }
		for i, f := range list {
			if _, err := fmt.Fprintf(w, "%d: %s\n", i+1, f.Schedule); err != nil {
				return err
			}
		}
	}
	heads, numbers := columns(list, name)
	t := table{{"count"}}
	t[0] = append(t[0], heads...)
	for count := range list[0].Rates {
		row := []string{strconv.Itoa(count)}
		for _, column := range numbers {
			row = append(row, number(column[count], 6))
		}
		t = append(t, row)
	}
	return t.write(w)
}

// writeCSV heads the columns of several schedules with their specs.
func writeCSV(w io.Writer, list []forecast) error {
	name := func(int) string { return "" }
	if len(list) > 1 {
		name = func(i int) string { return " " + list[i].Schedule }
	}
	heads, numbers := columns(list, name)
	out := csv.NewWriter(w)
	err := out.Write(append([]string{"count"}, heads...))
	for count := range list[0].Rates {
		row := []string{strconv.Itoa(count)}
		for _, column := range numbers {
			row = append(row, number(column[count], -1))
		}
		if err == nil {
			err = out.Write(row)
		}
	}
	out.Flush()
	if err == nil {
		err = out.Error()
	}
	return err
}

// number writes v with so many significant digits, or with -1 the fewest that read back to v.
func number(v float64, digits int) string {
	return strconv.FormatFloat(v, 'g', digits, 64)
}

// writeJSON writes one object. A rate that overflows is null.
func writeJSON(w io.Writer, lr float64, list []forecast) error {
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
			if math.IsInf(rate, 0) {
				s.Rate = append(s.Rate, nil)
			} else {
				s.Rate = append(s.Rate, &rate)
			}
		}
		document.Schedules = append(document.Schedules, s)
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(document)
}
