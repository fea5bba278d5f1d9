package spec

import (
	"math"
	"slices"
)

// StatesZero returns s as a setting of a number for which 0 makes little sense, though it is allowed where a spec
// states it. There it is held as negative zero, which computes the same. The zero that a Go literal leaves behind in
// such a field is not allowed.
func (s Setting) StatesZero() Setting {
	dest, set := s.number, s.set
	s.allowed.stated = true
	s.set = func(v Value) error {
		err := set(v)
		if err == nil && *dest == 0 {
			*dest = math.Copysign(0, -1)
		}
		return err
	}
	return s
}

// LeftOut reports whether one of settings has a value that is not allowed and that a Go literal has which leaves it
// out: a zero in place of a default, an empty word, or a zero that no spec states.
func LeftOut(settings ...Setting) bool {
	for _, s := range settings {
		if s.check() == nil {
			continue
		}
		if s.allowed.word != nil {
			return *s.allowed.word == ""
		}
		_, numbers := s.allowed.get()
		zeros := !slices.ContainsFunc(numbers, func(x float64) bool { return x != 0 })
		return len(numbers) > 0 && zeros && (!s.required || s.allowed.stated)
	}
	return false
}
