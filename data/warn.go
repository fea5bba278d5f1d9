package data

import (
	"fmt"
	"slices"
	"unicode"
	"unicode/utf8"

	"anneal/data/augment"
)

// Warnings says what in steps makes little sense for the samples of set, each thing once: see augment.Compose.Warnings.
// Digits and letters are samples whose facts say so, and those of ten or more classes whose names are one character
// each. What is made for pictures makes no sense for other samples.
func Warnings(set Dataset, steps Compose) []string {
	facts := FactsOf(set)
	if !Pictures(set) {
		return notPictures(steps, XShapeOf(set))
	}
	var once []string
	for _, w := range steps.Warnings(FrameOf(set), facts.Digits || characters(facts.ClassNames)) {
		if !slices.Contains(once, w) {
			once = append(once, w)
		}
	}
	return once
}

// characters reports whether names are those of digits or letters.
func characters(names []string) bool {
	return len(names) >= 10 && !slices.ContainsFunc(names, func(name string) bool {
		r, size := utf8.DecodeRuneInString(name)
		return size != len(name) || !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

// notPictures warns about what is made for pictures: all but noise and mixing.
func notPictures(steps Compose, shape []int) (warnings []string) {
	for _, a := range steps {
		switch a.(type) {
		case augment.GaussianNoise, augment.MixUp:
			continue
		}
		warnings = append(warnings, fmt.Sprintf("augmentation %v: it is for pictures, and the samples are of shape %v: "+
			"GaussianNoise and MixUp make sense for them", a, shape))
	}
	return warnings
}
