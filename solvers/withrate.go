package solvers

import (
	"math"
	"reflect"
)

// Rate returns the learning rate of an algorithm.
func Rate(a Algorithm) float64 { return a.traits().lr + 0 } // without the sign of a stated 0

// WithRate returns a at another learning rate, at least 0. The error is Validate's.
func WithRate(a Algorithm, lr float64) (Algorithm, error) {
	v := reflect.New(reflect.TypeOf(a)).Elem()
	v.Set(reflect.ValueOf(a))
	if lr == 0 {
		lr = math.Copysign(0, -1) // stated, not left out
	}
	v.FieldByName("LR").SetFloat(lr) // each algorithm has one
	changed := v.Interface().(Algorithm)
	return changed, changed.Validate()
}
