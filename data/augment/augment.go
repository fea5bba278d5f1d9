// Package augment changes training images at random, as torchvision's transforms do: geometry, colours, noise, and the
// mixing of whole batches.
//
// An image is [C, H, W], normalised to (pixel − mean)/std; a Frame says by what. What is defined on pixels in [0, 1],
// such as brightness, is computed on them and normalised again. Names, defaults and definitions are torchvision's,
// except that whatever resamples does so bilinearly, and that what comes from outside an image is background; both can
// be set. All randomness comes from the generator that a caller passes.
//
// A chain is a run of affine parts, such as a rotation and then a crop, that are multiplied into one map, so that the
// image is resampled once. A part is what a chain is made of.
package augment

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Augmentation changes a training image at random. Its methods may be called from several goroutines at once.
type Augmentation interface {
	// Apply writes the changed src to all of dst; both are [C, H, W]. All randomness comes from r.
	Apply(dst, src []float32, f Frame, r *rand.Rand)
	// Validate returns an error that names a setting whose value is not allowed, and what is allowed.
	Validate() error
	// String returns a spec that Parse reads back to the same settings.
	String() string
}

// Frame is what an Augmentation knows of an image.
type Frame struct {
	C, H, W    int
	Background float32 // the value of an empty pixel, in each channel that Backgrounds does not list
	// Backgrounds are the values of an empty pixel, one per channel, where they differ; else nil.
	Backgrounds []float32
	// Mean and Std say how a pixel in [0, 1] was normalised: one number per channel, or one for all; nil: it was not.
	Mean, Std []float64
}

// fill returns the normalised value of what is uncovered in a channel: that of a pixel in [0, 1], one for each channel
// or one for all, or the background if there is none.
func (f Frame) fill(pixel []float64, channel int) float32 {
	switch {
	case len(pixel) > 0:
		mean, std := f.scale(channel)
		return (float32(pixel[min(channel, len(pixel)-1)]) - mean) / std
	case channel < len(f.Backgrounds):
		return f.Backgrounds[channel]
	}
	return f.Background
}

// scale returns the mean and the standard deviation by which a channel was normalised.
func (f Frame) scale(channel int) (mean, std float32) {
	if len(f.Mean) == 0 || len(f.Std) == 0 {
		return 0, 1
	}
	return float32(f.Mean[min(channel, len(f.Mean)-1)]), float32(f.Std[min(channel, len(f.Std)-1)])
}

// Compose is a list of augmentations that are applied one after the other.
type Compose []Augmentation

func (c Compose) String() string {
	switch len(c) {
	case 0:
		return "none"
	case 1:
		return c[0].String()
	}
	return "Compose(" + c.list() + ")"
}

// list returns c as a list in a spec.
func (c Compose) list() string {
	texts := make([]string, len(c))
	for i, a := range c {
		texts[i] = a.String()
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

// Validate returns the error of the first augmentation that is not valid.
func (c Compose) Validate() error {
	for _, a := range c {
		if err := a.Validate(); err != nil {
			return err
		}
	}
	return nil
}

// Check returns an error for the first augmentation that is not valid, or that cannot be applied to images of f.
func (c Compose) Check(f Frame) error {
	if err := c.Validate(); err != nil {
		return err
	}
	for _, a := range c {
		if a, ok := a.(interface{ fits(Frame) error }); ok {
			if err := a.fits(f); err != nil {
				return err
			}
		}
	}
	return nil
}

// fitsFill returns an error unless there is one value per channel, or one for all, or none.
func fitsFill(name string, fill []float64, f Frame) error {
	if len(fill) > 1 && len(fill) != f.C {
		return fmt.Errorf("%s: fill has %d numbers: want 1 or %d, one per channel", name, len(fill), f.C)
	}
	return nil
}

// uniform returns a random number in [low, high).
func uniform(r *rand.Rand, low, high float64) float64 { return low + (high-low)*r.Float64() }
