package augment

import (
	"fmt"
	"math"
)

// Warnings says what in c makes little sense for images of f: mirrored digits, if digits is true, and colours of images
// that have none.
func (c Compose) Warnings(f Frame, digits bool) []string {
	var warnings []string
	add := func(a Augmentation, text string) {
		warnings = append(warnings, fmt.Sprintf("augmentation %v: %s", a, text))
	}
	for _, a := range c {
		switch a := a.(type) {
		case RandomHorizontalFlip:
			if digits && a.P > 0 {
				add(a, "a mirrored digit is no digit, or looks like another one")
			}
		case RandomVerticalFlip:
			if digits && a.P > 0 {
				add(a, "a digit upside down is no digit, or another one: 6 looks like 9")
			}
		case RandomAffine:
			if widest := max(a.Degrees, math.Abs(a.Angles[0]), math.Abs(a.Angles[1])); digits && widest > 90 {
				add(a, "a digit upside down is no digit, or another one: 6 looks like 9")
			}
		case ColorJitter:
			if f.C != 3 && (a.Saturation != [2]float64{} || a.Hue != [2]float64{}) {
				add(a, fmt.Sprintf("the images have %d of the 3 channels of a colour, so saturation and hue change nothing", f.C))
			}
		case RandomGrayscale:
			if f.C != 3 {
				add(a, fmt.Sprintf("the images have %d of the 3 channels of a colour, so it changes nothing", f.C))
			}
		case RandomApply:
			warnings = append(warnings, a.Of.Warnings(f, digits)...)
		case RandomChoice:
			for _, one := range a.Of {
				warnings = append(warnings, one.Warnings(f, digits)...)
			}
		}
	}
	return warnings
}
