package report

import "anneal/runs"

// metricCharts returns a chart of each metric by epoch, on the test samples and those of validation.
func metricCharts(all []Run) []chart {
	var charts []chart
	for _, name := range metricNames(all) {
		c := chart{Title: name, X: "epoch"}
		count := map[string]int{}
		for i := range all {
			r := &all[i]
			one := curve{Name: r.Name, Kind: test, Seed: count[r.Name], Diverged: r.Diverged()}
			count[r.Name]++
			validation := one
			validation.Kind = valid
			for _, e := range r.Epochs {
				m := e.Metric(name)
				if m == nil {
					continue
				}
				one.X, one.Y = append(one.X, float64(e.Epoch)), append(one.Y, value(m.Test))
				if e.ValidationLoss != nil || m.Validation != nil {
					validation.X = append(validation.X, float64(e.Epoch))
					validation.Y = append(validation.Y, value(m.Validation))
				}
			}
			for _, line := range []curve{one, validation} {
				if line.X != nil {
					c.Lines = append(c.Lines, line)
				}
			}
		}
		charts = append(charts, c)
	}
	return charts
}

// lossUnit returns the unit of the runs' losses: nats if all are cross-entropies, otherwise none.
func lossUnit(all []Run) string {
	for i := range all {
		if all[i].classless() || all[i].record().Loss != "" {
			return ""
		}
	}
	return "nats"
}

// metricHeads returns the heads of the columns that metricCells fills: each metric on the test samples and, if any
// epoch has it, on those of validation.
func metricHeads(all []Run) (heads []string, columns []metricColumn) {
	for _, name := range metricNames(all) {
		heads, columns = append(heads, "test "+name), append(columns, metricColumn{name, false})
		if anyEpoch(all, func(e runs.Epoch) bool { m := e.Metric(name); return m != nil && m.Validation != nil }) {
			heads, columns = append(heads, "validation "+name), append(columns, metricColumn{name, true})
		}
	}
	return heads, columns
}

// metricColumn is a column of a table.
type metricColumn struct {
	name       string
	validation bool
}

// metricCells returns the cells of an epoch in the columns.
func metricCells(e *runs.Epoch, columns []metricColumn) []Cell {
	var cells []Cell
	for _, c := range columns {
		cell := noNumber
		if m := e.Metric(c.name); m != nil {
			v := m.Test
			if c.validation {
				v = m.Validation
			}
			cell = Number("%.4f", value(v))
		}
		cells = append(cells, cell)
	}
	return cells
}

func anyEpoch(all []Run, has func(runs.Epoch) bool) bool {
	for i := range all {
		for _, e := range all[i].Epochs {
			if has(e) {
				return true
			}
		}
	}
	return false
}
