package report

import (
	"cmp"
	"fmt"
	"math"
)

// HeatMap is a grid of numbers as colours, one for each pair of a row and a column.
type HeatMap struct {
	Title         string
	X, Y          string // what the columns and the rows are
	Columns, Rows []string
	Values        [][]float64 // Values[row][column]; NaN where there is none
	Format        string      // of a value, as fmt.Printf takes it; "": %.3g
}

// shades is the number of the darkest shade. The lightest is 0.
const shades = 20

// tile is a place in a heat map.
type tile struct {
	Text  string
	Shade int // of shades; -1 without a value
}

// tiles returns the tiles of h, as many in each row as there are columns.
func (h HeatMap) tiles() [][]tile {
	low, high := math.Inf(1), math.Inf(-1)
	for _, row := range h.Values {
		for _, v := range row {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	grid := make([][]tile, len(h.Rows))
	for i := range grid {
		grid[i] = make([]tile, len(h.Columns))
		for j := range grid[i] {
			grid[i][j] = tile{"–", -1}
			if i < len(h.Values) && j < len(h.Values[i]) && !math.IsNaN(h.Values[i][j]) {
				v := h.Values[i][j]
				grid[i][j] = tile{fmt.Sprintf(cmp.Or(h.Format, "%.3g"), v), shade(v, low, high)}
			}
		}
	}
	return grid
}

// shade returns the place of v between low and high, as a shade.
func shade(v, low, high float64) int {
	if !(high > low) {
		return shades / 2
	}
	return int(math.Round(shades * min(1, max(0, v/(high-low)-low/(high-low)))))
}
