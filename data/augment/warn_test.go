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
