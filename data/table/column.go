package table

import (
	"math"
	"slices"
	"strings"

	"anneal/internal/delimited"
)

const (
	maxTexts = 1000    // different texts in a column of categories
	maxNames = 1 << 18 // bytes of those
)

// Values of column.numbers that are no numbers.
var (
	missing = math.NaN()
	word    = math.Inf(-1) // a text
)

// column has the cells of a column, as numbers and, as long as few are different, as texts.
type column struct {
	name    string
	numbers []float64
	codes   []int32 // which of texts; −1: missing. nil: there were too many
	texts   []string
	index   map[string]int32
	size    int    // bytes of texts
	words   int    // cells that are texts
	filled  int    // cells that are not missing
	first   string // the first text, or its beginning
}

func newColumn(name string) *column {
	return &column{name: name, codes: []int32{}, index: map[string]int32{}}
}

// add appends a cell.
func (c *column) add(text string) {
	if delimited.Missing(text) {
		c.numbers = append(c.numbers, missing)
		if c.codes != nil {
			c.codes = append(c.codes, -1)
		}
		return
	}
	c.filled++
	v, ok := delimited.Number(text)
	if !ok {
		v = word
		if c.words++; c.words == 1 {
			c.first = strings.Clone(text[:min(len(text), 40)])
		}
	}
	c.numbers = append(c.numbers, v)
	if c.codes == nil {
		return
	}
	code, ok := c.index[text]
	if !ok {
		if c.size += len(text); len(c.texts) == maxTexts || c.size > maxNames {
			c.codes, c.texts, c.index = nil, nil, nil
			return
		}
		text = strings.Clone(text)
		code = int32(len(c.texts))
		c.texts, c.index[text] = append(c.texts, text), code
	}
	c.codes = append(c.codes, code)
}

// numeric reports whether most of the cells are numbers.
func (c *column) numeric() bool { return 2*c.words <= c.filled }

// whole reports whether all numbers are whole.
func (c *column) whole() bool {
	for _, v := range c.numbers {
		if !math.IsNaN(v) && !math.IsInf(v, 0) && v != math.Trunc(v) {
			return false
		}
	}
	return true
}

// seen returns the texts of some rows, in order.
func (c *column) seen(rows []int) []string {
	there := make([]bool, len(c.texts))
	for _, r := range rows {
		if code := c.codes[r]; code >= 0 {
			there[code] = true
		}
	}
	list := []string{}
	for code, text := range c.texts {
		if there[code] {
			list = append(list, text)
		}
	}
	slices.Sort(list)
	return list
}
