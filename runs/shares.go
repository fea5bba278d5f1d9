package runs

import (
	"encoding/json"
	"math"
	"slices"
)

// Shares are shares of 1, such as the recall of each class. Where there is nothing to take a share of, as of a class
// that does not occur, it is NaN, and null in JSON.
type Shares []float64

// Equal reports whether s and o are the same, NaN for NaN.
func (s Shares) Equal(o Shares) bool {
	return slices.EqualFunc(s, o, func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) })
}

// MarshalJSON writes null for NaN.
func (s Shares) MarshalJSON() ([]byte, error) {
	list := make([]*float64, len(s))
	for i := range s {
		if !math.IsNaN(s[i]) {
			list[i] = &s[i]
		}
	}
	return json.Marshal(list)
}

// UnmarshalJSON reads null as NaN.
func (s *Shares) UnmarshalJSON(text []byte) error {
	var list []*float64
	if err := json.Unmarshal(text, &list); err != nil {
		return err
	}
	*s = make(Shares, len(list))
	for i, v := range list {
		if (*s)[i] = math.NaN(); v != nil {
			(*s)[i] = *v
		}
	}
	return nil
}
