package predict

import (
	"fmt"
	"slices"
	"strings"

	"anneal/internal/delimited"
	"anneal/internal/printable"
)

// Row returns the sample of a row of the table, whose cells are in the order of Options.Columns: a number for each
// column of numbers, standardised as the training rows were, and a 0 or 1 for each name of a column of categories. An
// empty cell, NA, N/A, NaN, null, None and ? are a missing value: the mean, or no category. A category that the network
// does not know is an error.
func (p *Predictor) Row(cells []string) ([]float32, error) {
	x, err := p.row(cells)
	if err != nil {
		return nil, fmt.Errorf("predict: %w", printable.Error(err))
	}
	return x, nil
}

func (p *Predictor) row(cells []string) ([]float32, error) {
	columns := p.options.Columns
	if columns == nil {
		return nil, p.options.takes("rows of a table")
	}
	if len(cells) != len(columns) {
		return nil, fmt.Errorf("got %d cells, want %d: %s", len(cells), len(columns), p.options.columnNames())
	}
	x := make([]float32, 0, p.options.size())
	for i, c := range columns {
		cell := strings.TrimSpace(cells[i])
		if c.Categories != nil {
			one := slices.Index(c.Categories, cell)
			if one < 0 && !delimited.Missing(cell) {
				return nil, fmt.Errorf("column %s: got %.40q, want one of %s, or nothing if it is missing",
					c.Name, cell, some(c.Categories))
			}
			at := len(x)
			if x = append(x, make([]float32, len(c.Categories))...); one >= 0 {
				x[at+one] = 1
			}
			continue
		}
		v, ok := delimited.Number(cell)
		switch mean, std := p.options.Means[len(x)], p.options.Stds[len(x)]; {
		case delimited.Missing(cell):
			x = append(x, 0)
		case ok:
			x = append(x, float32((v-mean)/std))
		default:
			return nil, fmt.Errorf("column %s: got %.40q, want a number, or nothing if it is missing", c.Name, cell)
		}
	}
	return x, nil
}

// some lists names, of which there may be many.
func some(names []string) string {
	const most = 20
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

// columnNames lists the columns that the network takes.
func (o Options) columnNames() string {
	var names []string
	for _, c := range o.Columns {
		names = append(names, c.Name)
	}
	return printable.Line(some(names))
}

// takes is the error for an input of another kind than the network's.
func (o Options) takes(got string) error {
	want := map[Input]string{
		Digits: "pictures", Pictures: "pictures", Table: "rows of a table: " + o.columnNames(),
		Tensors: fmt.Sprintf("numbers of shape %v", o.XShape),
	}[o.Input()]
	return fmt.Errorf("got %s for a network that takes %s", got, want)
}
