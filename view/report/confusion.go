package report

import (
	"math"

	"anneal/runs"
)

// confusionRow has the samples of one class by the class they were taken for.
type confusionRow struct {
	Class             string
	Cells             []confusionCell
	Samples           int
	Precision, Recall string
}

// confusionCell is a count of samples, with its shade on a scale from 0 to shades. Right and wrong samples have
// different scales.
type confusionCell struct {
	Count, Shade int
	Right        bool
}

// confusion returns e's matrix of classes with these names. A mistake's shade is its share of the largest number of
// mistakes of one kind.
func confusion(e *runs.Epoch, names []string) []confusionRow {
	most := 1
	for i, row := range e.Confusion {
		for j, n := range row {
			if i != j {
				most = max(most, n)
			}
		}
	}
	var rows []confusionRow
	for i, counts := range e.Confusion {
		row := confusionRow{
			Class: runs.ClassName(names, i), Precision: share(e.Precision, i), Recall: share(e.Recall, i),
		}
		for _, n := range counts {
			row.Samples += n
		}
		for j, n := range counts {
			c := confusionCell{Count: n, Right: i == j, Shade: level(n, most)}
			if c.Right {
				c.Shade = level(n, row.Samples)
			}
			row.Cells = append(row.Cells, c)
		}
		rows = append(rows, row)
	}
	return rows
}

// level returns the shade for n of whole: at least 1 for n > 0.
func level(n, whole int) int {
	if n <= 0 || whole <= 0 {
		return 0
	}
	return max(1, min(shades, int(math.Round(shades*float64(n)/float64(whole)))))
}

func share(list []float64, i int) string {
	if i >= len(list) || math.IsNaN(list[i]) {
		return "–"
	}
	return percent(list[i])
}
