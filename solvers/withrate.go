package solvers

import "reflect"

// Rate returns the learning rate of an algorithm.
func Rate(a Algorithm) float64 { return a.traits().lr }

// WithRate returns a at another learning rate, at least 0. The error is Validate's.
func WithRate(a Algorithm, lr float64) (Algorithm, error) {
	v := reflect.New(reflect.TypeOf(a)).Elem()
	v.Set(reflect.ValueOf(a))
	v.FieldByName("LR").SetFloat(lr) // each algorithm has one
	changed := v.Interface().(Algorithm)
	return changed, changed.Validate()
}
