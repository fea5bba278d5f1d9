package profile

import (
	"math"
	"slices"

	"anneal/data"
)

// Column is a column of a table.
type Column struct {
	Name       string     `json:"name"`
	Missing    *int       `json:"missing,omitempty"`    // cells; nil: it is not known
	Numbers    *Numbers   `json:"numbers,omitempty"`    // of a column of numbers, as far as they are there
	Categories []Category `json:"categories,omitempty"` // of another one
	Constant   bool       `json:"constant"`             // the network sees one value in all samples
}

// Category is a category of a column.
type Category struct {
	Name    string `json:"name"`
	Samples int    `json:"samples"`
}

// columns returns the columns of a table, nil of other data. missing has how many cells of each are missing.
func columns(f data.Facts, p *Part, missing []int) (list []Column) {
	at := 0
	for i, c := range f.Columns {
		column := Column{Name: c.Name, Constant: true}
		if i < len(missing) {
			column.Missing = &missing[i]
		}
		if c.Categories == nil {
			n := p.Numbers[at]
			if i < len(missing) && missing[i] < n.Count { // missing ones are the mean in x
				n.Deviation *= math.Sqrt(float64(n.Count) / float64(n.Count-missing[i]))
				n.Count -= missing[i]
			}
			column.Numbers = &n
		}
		for k, name := range c.Categories {
			n := p.Numbers[at+k]
			column.Categories = append(column.Categories, Category{name, int(math.Round(n.Mean * float64(n.Count)))})
		}
		width := c.Width()
		for place := at; place < at+width; place++ {
			_, constant := slices.BinarySearch(p.Constant, place)
			column.Constant = column.Constant && constant
		}
		at += width
		list = append(list, column)
	}
	return list
}

// Target is how the numbers to predict are distributed: the least, a quarter, the median, three quarters and the most
// of them, with linear interpolation between two of them, as NumPy's quantile.
type Target struct {
	Numbers
	Quartiles [5]float64 `json:"quartiles"`
}

// target returns that of a regression to one number, or nil.
func target(r *reading, p *Part) *Target {
	if r.target < 0 {
		return nil
	}
	k := r.xSeries + r.target
	t := &Target{Numbers: p.Numbers[k]}
	var sorted []float64
	for _, e := range r.entries {
		if v := float64(r.targets[e.sample]); !math.IsNaN(v) && !math.IsInf(v, 0) {
			sorted = append(sorted, r.series[k].exact(v))
		}
	}
	slices.Sort(sorted)
	for q := range t.Quartiles {
		if len(sorted) == 0 {
			break
		}
		place := float64(q) / 4 * float64(len(sorted)-1)
		low := int(place)
		high := min(low+1, len(sorted)-1)
		t.Quartiles[q] = sorted[low] + (place-float64(low))*(sorted[high]-sorted[low])
	}
	return t
}
