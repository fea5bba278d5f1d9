package augment

import (
	"fmt"
	"math"
)

// What is said of digits and letters.
const (
	mirroredCharacter = "a mirrored digit or letter is none, or looks like another one"
	turnedCharacter   = "a digit upside down, or a letter, is none, or another one: 6 looks like 9"
)

// Warnings says what in c makes little sense for images of f: mirrored digits and letters, if characters is true;
// colours of images that have none; what leaves nothing of an image.
func (c Compose) Warnings(f Frame, characters bool) []string {
	var warnings []string
	for _, a := range c {
		for _, text := range warn(a, f, characters) {
			warnings = append(warnings, fmt.Sprintf("augmentation %v: %s", a, text))
		}
		switch a := a.(type) {
		case RandomApply:
			warnings = append(warnings, a.Of.Warnings(f, characters)...)
		case RandomChoice:
			for _, one := range a.Of {
				warnings = append(warnings, one.Warnings(f, characters)...)
			}
		}
	}
	return warnings
}

// warn says what makes little sense about one augmentation.
func warn(a Augmentation, f Frame, characters bool) (texts []string) {
	add := func(when bool, format string, values ...any) {
		if when {
			texts = append(texts, fmt.Sprintf(format, values...))
		}
	}
	switch a := a.(type) {
	case RandomHorizontalFlip:
		add(characters && a.P > 0, mirroredCharacter)
	case RandomVerticalFlip:
		add(characters && a.P > 0, turnedCharacter)
	case RandomAffine:
		add(characters && max(a.Degrees, math.Abs(a.Angles[0]), math.Abs(a.Angles[1])) > 90, turnedCharacter)
		add(max(a.Translate[0], a.Translate[1]) > 0.5, "moves by more than half of an image leave little of it")
		add(a.Scale[0]*float64(min(f.H, f.W)) < 4 && min(f.H, f.W) >= 4,
			"an image of %d×%d pixels scaled by %v has less than 4 pixels on a side", f.H, f.W, a.Scale[0])
	case TrivialAugmentWide:
		add(characters, "it turns by up to 135°: "+turnedCharacter)
	case RandomCrop:
		left, top, right, bottom := a.sides()
		add(2*max(left, right) > f.W || 2*max(top, bottom) > f.H,
			"a border of more than half of an image of %d×%d pixels leaves little of it", f.H, f.W)
	case RandomErasing:
		most := 100 * a.Scale[1]
		add(a.P > 0 && most > 80, "it may erase %.0f%% of an image, which leaves nothing to learn from", most)
	case GaussianNoise:
		add(a.Sigma > 3, "noise of %v times the deviation of the pixels hides the image", a.Sigma)
	case ColorJitter:
		dark := a.Brightness != [2]float64{} && a.Brightness[0] < 0.05
		add(dark, "brightness × %v makes an image black", a.Brightness[0])
		flat := a.Contrast != [2]float64{} && a.Contrast[0] < 0.05
		add(flat, "contrast × %v makes an image one grey", a.Contrast[0])
		coloured := a.Saturation != [2]float64{} || a.Hue != [2]float64{}
		add(f.C != 3 && coloured,
			"the images have %d of the 3 channels of a colour, so saturation and hue change nothing", f.C)
	case RandomGrayscale:
		add(f.C != 3, "the images have %d of the 3 channels of a colour, so it changes nothing", f.C)
	}
	return texts
}
