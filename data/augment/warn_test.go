package augment

import (
	"strings"
	"testing"
)

func TestWarnings(t *testing.T) {
	for _, c := range []struct {
		text     string
		channels int
		digits   bool
		want     []string // the beginnings
	}{
		{"Compose([RandomRotation(15), RandomCrop(padding=2)])", 1, true, nil},
		{"RandomHorizontalFlip()", 1, false, nil},
		{"RandomHorizontalFlip(0)", 1, true, nil},
		{"RandomHorizontalFlip()", 1, true, []string{"augmentation RandomHorizontalFlip(): a mirrored digit"}},
		{"RandomApply([RandomVerticalFlip()])", 1, true, []string{"augmentation RandomVerticalFlip(): a digit upside down"}},
		{"RandomRotation(180)", 1, true, []string{"augmentation RandomAffine(degrees=180.0): a digit upside down"}},
		{"ColorJitter(0.2)", 1, true, nil},
		{"TrivialAugmentWide()", 3, true, []string{"augmentation TrivialAugmentWide(): it turns by up to 135°"}},
		{"TrivialAugmentWide()", 3, false, nil},
		{"RandomErasing()", 1, true, nil},
		{"RandomErasing(0)", 1, true, nil},
		{
			"RandomErasing(scale=(0.5, 0.95))", 1, false,
			[]string{"augmentation RandomErasing(scale=(0.5, 0.95)): it may erase 95% of an image"},
		},
		{
			"RandomAffine(0, translate=(0.1, 0.7), scale=(0.5, 1))", 1, false,
			[]string{
				"augmentation RandomAffine(degrees=0.0, translate=(0.1, 0.7), scale=(0.5, 1.0)): moves by more",
				"augmentation RandomAffine(degrees=0.0, translate=(0.1, 0.7), scale=(0.5, 1.0)): an image of 5×5 pixels",
			},
		},
		{"RandomCrop(padding=3)", 1, false, []string{"augmentation RandomCrop(padding=3): a border of more than half"}},
		{"GaussianNoise(5)", 1, false, []string{"augmentation GaussianNoise(sigma=5.0): noise of 5 times"}},
		{
			"ColorJitter(brightness=1, contrast=(0, 1))", 3, false,
			[]string{
				"augmentation ColorJitter(brightness=(0.0, 2.0), contrast=(0.0, 1.0)): brightness × 0 makes",
				"augmentation ColorJitter(brightness=(0.0, 2.0), contrast=(0.0, 1.0)): contrast × 0 makes",
			},
		},
		{"ColorJitter(hue=0.2)", 3, false, nil},
		{
			"RandomChoice([ColorJitter(hue=0.2), RandomGrayscale()])", 1, false,
			[]string{"augmentation ColorJitter(hue=(-0.2, 0.2)): the images have 1", "augmentation RandomGrayscale(): the"},
		},
	} {
		got := parse(t, c.text).Warnings(Frame{C: c.channels, H: 5, W: 5}, c.digits)
		if len(got) != len(c.want) {
			t.Errorf("%s: got %q, want %q", c.text, got, c.want)
			continue
		}
		for i, w := range got {
			if !strings.HasPrefix(w, c.want[i]) {
				t.Errorf("%s: got %q, want %q", c.text, w, c.want[i])
			}
		}
	}
}
