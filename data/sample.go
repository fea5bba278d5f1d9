package data

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
)

// SampleError says which sample of a data set could not be read, and why. Of a part of a data set, such as Split and
// Limit return, it is the sample's number in the whole set.
type SampleError struct {
	Sample int
	Err    error
}

func (e *SampleError) Error() string { return fmt.Sprintf("data: sample %d: %v", e.Sample, e.Err) }
func (e *SampleError) Unwrap() error { return e.Err }

// Read reads sample i of d into x, and returns its label. Every error is a SampleError, also a panic of d's.
func Read(d Dataset, i int, x []float32) (label int32, err error) {
	defer guard(i, &err)
	return d.Read(i, x)
}

// ReadFields writes the fields of sample i of d to values, which have room for one sample each. Every error is a
// SampleError, also a panic of d's.
func ReadFields(d Dataset, i int, values []Values) error { return readFields(d, i, values, 0, 1) }

// readFields writes the fields of sample i of d to place at of values, which have room for n samples.
func readFields(d Dataset, i int, values []Values, at, n int) (err error) {
	if len(values) == 0 {
		return nil
	}
	defer guard(i, &err)
	of := d.(Fielder)
	for f, v := range values {
		floats, ints := len(v.Floats)/n, len(v.Ints)/n
		err := of.ReadField(i, f, v.Floats[at*floats:(at+1)*floats], v.Ints[at*ints:(at+1)*ints])
		if err != nil {
			return inField(v.Name, err)
		}
	}
	return nil
}

// inField adds to an error of ReadField which field it is of, unless it names the sample already.
func inField(name string, err error) error {
	if named := (*SampleError)(nil); err == nil || errors.As(err, &named) {
		return err
	}
	return fmt.Errorf("%s: %w", name, err)
}

// guard turns the panic of a deferring function, or its error, into a SampleError. An error that is a SampleError
// already stays: it names the sample in the whole set.
func guard(sample int, err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("panic%s: %v", panicked(), p)
	}
	if *err == nil {
		return
	}
	if named := (*SampleError)(nil); !errors.As(*err, &named) {
		*err = &SampleError{sample, *err}
	}
}

// panicked returns " at FILE:LINE" of the line that panicked. A deferred function calls it through guard.
func panicked() string {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	for panicking := false; ; {
		f, more := frames.Next()
		switch runs := strings.HasPrefix(f.Function, "runtime."); {
		case runs:
			panicking = true
		case panicking:
			return fmt.Sprintf(" at %s:%d", filepath.Base(f.File), f.Line)
		}
		if !more {
			return ""
		}
	}
}
