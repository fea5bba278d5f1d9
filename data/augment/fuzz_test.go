package augment

import (
	"strings"
	"testing"
	"time"

	"anneal/internal/limittest"
)

// FuzzParse reads augmentations, and applies them to an image.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"none", "RandomAffine(10, translate=(0.1, 0.1), scale=(0.9, 1.1), shear=5)", "RandomErasing(p=0.25)",
		"Compose([RandomCrop(28, padding=4), RandomHorizontalFlip(), ToTensor(), Normalize((0.5,), (0.5,))])",
		"transforms.Compose([v2.GaussianBlur(kernel_size=(5, 9), sigma=(0.1, 5.0))])", "ElasticTransform(alpha=250.0)",
		"RandomChoice([MixUp(alpha=0.2), CutMix()])", "RandomApply([ColorJitter(0.5, 0.5)], p=0.3)", "RandAugment()",
		"TrivialAugmentWide()", "RandomPerspective(0.6, 1.0)", "GaussianBlur(999)", "GaussianBlur(1000001)", "Compose([",
		"RandomResizedCrop(size=8)", "RandomGrayscale(0.1)", "RandomVerticalFlip()", "GaussianNoise(0.05)",
	} {
		f.Add(text)
	}
	limits := limittest.Limits{Bytes: 64 << 20, Time: time.Second}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Count(text, "RandAugment") > 2 || len(text) > 1<<12 {
			return // much work that was asked for
		}
		limits.Run(t, "augmentations", func() {
			c, err := Parse(text)
			limittest.OneLine(t, err)
			if err != nil {
				return
			}
			if again, err := Parse(c.String()); err != nil || again.String() != c.String() {
				t.Errorf("%q: its text %v gives %v, %v", text, c, again, err)
			}
			frame := Frame{C: 3, H: 8, W: 8, Mean: []float64{0.5}, Std: []float64{0.25}}
			if c.Check(frame) == nil {
				NewWorker(c, frame).Apply(gray(3, 8, 8), random(1))
			}
		})
	})
}
