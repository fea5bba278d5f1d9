package report

import (
	"cmp"
	"fmt"
	"math"
)

// HeatMap is a grid of numbers as colours, one for each pair of a row and a column.
type HeatMap struct {
	Title         string
	Heading, Of   string // on a page: the map's own title, and the title of all maps with the same Of; "": the Title
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

// heatGroup is heat maps of one kind of numbers, whose colours are those of the same numbers.
type heatGroup struct {
	Title string
	Maps  []heatView
}

// heatView is a heat map with its tiles.
type heatView struct {
	HeatMap
	Tiles [][]tile
}

// heatGroups returns the heat maps of a page.
func heatGroups(all []HeatMap) []heatGroup {
	var list []heatGroup
	for i := 0; i < len(all); {
		n := i + 1
		low, high := all[i].limits()
		for all[i].Of != "" && n < len(all) && all[n].Of == all[i].Of {
			l, h := all[n].limits()
			low, high, n = min(low, l), max(high, h), n+1
		}
		g := heatGroup{Title: cmp.Or(all[i].Of, all[i].Title)}
		for _, h := range all[i:n] {
			g.Maps = append(g.Maps, heatView{h, h.tilesWithin(low, high)})
		}
		list, i = append(list, g), n
	}
	return list
}

// limits returns the least and the largest number.
func (h HeatMap) limits() (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, row := range h.Values {
		for _, v := range row {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	return low, high
}

// tiles returns the tiles of h, as many in each row as there are columns.
func (h HeatMap) tiles() [][]tile { return h.tilesWithin(h.limits()) }

// tilesWithin returns the tiles with the shades of numbers between low and high.
func (h HeatMap) tilesWithin(low, high float64) [][]tile {
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
