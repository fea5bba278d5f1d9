package augment

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"anneal/internal/spec"
)

// Ways to resample.
const (
	bilinear = "bilinear"
	nearest  = "nearest"
)

// interpolationSetting declares how a part resamples. It may be written as a name in quotes or as torchvision's
// InterpolationMode.
func interpolationSetting(dest *string) spec.Setting {
	set := func(v spec.Value) error {
		name := v.Text
		switch {
		case v.Kind == spec.String:
		case v.Kind == spec.Call && len(v.Args) == 0:
			name = map[string]string{"BILINEAR": bilinear, "NEAREST": nearest, "NEAREST_EXACT": nearest}[last(v.Text)]
		default:
			name = ""
		}
		if name != bilinear && name != nearest {
			return errors.New("'bilinear' or 'nearest'")
		}
		*dest = name
		return nil
	}
	text := func() string {
		if *dest == "" {
			return spec.Spell(bilinear)
		}
		return spec.Spell(*dest)
	}
	return spec.Custom("interpolation", set, text).Initially(func() { *dest = bilinear }, spec.Spell(bilinear))
}

// validInterpolation returns an error for a word that is none.
func validInterpolation(name, word string) error {
	if word != "" && word != bilinear && word != nearest {
		return fmt.Errorf("%s: interpolation is %q: want 'bilinear' or 'nearest'", name, word)
	}
	return nil
}

// fillSetting declares the pixel in [0, 1], one number per channel or one for all, of what comes from outside. Without
// one that is the background.
func fillSetting(dest *[]float64) spec.Setting {
	return spec.Optional("fill", dest, nil).Within(0, 1).OrNone()
}

// rangeSetting declares two numbers in order from low to high, which may be written as the one number that of turns
// into them. Zeros are what a setting that is left out has.
func rangeSetting(key string, dest *[2]float64, low, high float64, of func(x float64) [2]float64) spec.Setting {
	want := fmt.Errorf("a number of at least 0, or two numbers in order, each from %v to %v", low, high)
	set := func(v spec.Value) error {
		var pair [2]float64
		if v.Kind == spec.Number {
			if pair = of(v.Float()); !(v.Float() >= 0) {
				return want
			}
		} else if spec.Assign(&pair, v) != nil {
			return want
		}
		if !(low <= pair[0] && pair[0] <= pair[1] && pair[1] <= high) {
			return want
		}
		*dest = pair
		return nil
	}
	return spec.Custom(key, set, func() string { return spec.Spell(*dest) }).Initially(
		func() { *dest = [2]float64{} }, spec.Spell([2]float64{})).OrNone()
}

// around returns −x to x.
func around(x float64) [2]float64 { return [2]float64{-x, x} }

// wholeSetting declares one whole number for both axes, or two.
func wholeSetting(key string, dest *[]int, counts ...int) spec.Setting {
	return spec.Custom(key, func(v spec.Value) error {
		if v.Kind == spec.Number {
			v = spec.Value{Kind: spec.List, Items: []spec.Value{v}}
		}
		var list []int
		if spec.Assign(&list, v) != nil || !slices.Contains(counts, len(list)) || slices.Min(list) < 0 {
			return fmt.Errorf("%s whole numbers of at least 0", anyOf(counts))
		}
		*dest = list
		return nil
	}, func() string {
		if len(*dest) == 1 {
			return fmt.Sprint((*dest)[0])
		}
		return spec.Spell(*dest)
	})
}

// anyOf lists counts: "1, 2 or 4".
func anyOf(counts []int) string {
	text := fmt.Sprint(counts[0])
	for i, n := range counts[1:] {
		if i == len(counts)-2 {
			text += " or "
		} else {
			text += ", "
		}
		text += fmt.Sprint(n)
	}
	return text
}

// sizeSetting declares the size of the result, which a network's input fixes. Without one it is the image's.
func sizeSetting(dest *[]int) spec.Setting {
	return wholeSetting("size", dest, 1, 2).Initially(func() { *dest = nil }, "[]")
}

// fitsSize returns an error unless size is that of the images of f.
func fitsSize(name string, size []int, f Frame) error {
	if len(size) == 0 || size[0] == f.H && size[len(size)-1] == f.W {
		return nil
	}
	return fmt.Errorf("%s: size is %v, and the images are %d×%d: want that size, or none",
		name, spec.Spell(size), f.H, f.W)
}

// middle returns the centre that a part turns about, which is written from the image's corner.
func middle(center []float64, f Frame) (x, y float64) {
	if len(center) == 2 {
		return center[0] - 0.5, center[1] - 0.5
	}
	return float64(f.W-1) / 2, float64(f.H-1) / 2
}

// validCenter returns an error unless center has no number or two.
func validCenter(name string, center []float64) error {
	if len(center) != 0 && len(center) != 2 {
		return fmt.Errorf("%s: center has %d numbers: want two, or none", name, len(center))
	}
	return nil
}

// oneOrTwo returns an error unless a setting has one number for both axes, or two.
func oneOrTwo(name, key string, n int) error {
	if n < 1 || n > 2 {
		return fmt.Errorf("%s: %s has %d numbers: want one, or two for x and y", name, key, n)
	}
	return nil
}

func last(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }
