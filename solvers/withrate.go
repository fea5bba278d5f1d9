package solvers

import "reflect"

// Rate is the learning rate in settings.
func Rate(s Algorithm) float64 { return s.traits().lr }

// WithRate returns s at another learning rate, at least 0. The error is Validate's.
func WithRate(s Algorithm, lr float64) (Algorithm, error) {
	v := reflect.New(reflect.TypeOf(s)).Elem()
	v.Set(reflect.ValueOf(s))
	v.FieldByName("LR").SetFloat(lr) // each algorithm has one
	changed := v.Interface().(Algorithm)
	return changed, changed.Validate()
}
