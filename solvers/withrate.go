package solvers

import (
	"fmt"
	"math"
	"reflect"
)

// Rate returns the learning rate of an algorithm.
func Rate(a Algorithm) float64 { return a.Traits().LR + 0 } // without the sign of a stated 0

// WithRate returns a at another learning rate, at least 0. The error is Validate's, or says that a is an algorithm of a
// user's without a field LR.
func WithRate(a Algorithm, lr float64) (Algorithm, error) {
	v := reflect.New(reflect.TypeOf(a)).Elem()
	v.Set(reflect.ValueOf(a))
	if v.Kind() != reflect.Struct || !v.FieldByName("LR").IsValid() || v.FieldByName("LR").Kind() != reflect.Float64 {
		return nil, fmt.Errorf("solvers: the rate of a %T cannot be changed: want a struct with a field LR of type float64",
			a)
	}
	if lr == 0 {
		lr = math.Copysign(0, -1) // stated, not left out
	}
	v.FieldByName("LR").SetFloat(lr)
	changed := v.Interface().(Algorithm)
	return changed, changed.Validate()
}
