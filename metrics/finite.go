package metrics

import "math"

// Finite returns a pointer to v, or nil, which is null in JSON, if v is NaN or infinite.
func Finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}
