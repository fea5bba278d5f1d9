package delimited

import (
	"fmt"
	"math"
	"strconv"
)

// missing lists the texts that stand for a missing value, as pandas reads them.
var missing = map[string]bool{
	"": true, "NA": true, "N/A": true, "NaN": true, "nan": true, "null": true, "NULL": true, "None": true, "?": true,
}

// Name returns the name of column i, from 0, of which the first line has this cell.
func Name(cell string, i int) string {
	if cell == "" {
		return fmt.Sprintf("column %d", i+1)
	}
	return cell
}

// Missing reports whether a cell stands for a missing value: it is empty, NA, N/A, NaN, null, None or ?.
func Missing(cell string) bool { return missing[cell] }

// Number returns the finite number that a cell is.
func Number(cell string) (v float64, ok bool) {
	v, err := strconv.ParseFloat(cell, 64)
	return v, err == nil && !math.IsInf(v, 0) && !math.IsNaN(v)
}
