package data

import (
	"strings"
	"testing"
)

// TestPaste pastes lines as torchvision's tutorials have them. want is the spec that a line gives, or the words of its
// error.
func TestPaste(t *testing.T) {
	for _, tt := range []struct{ line, want string }{
		{"transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])", "none"},
		{
			"transform=transforms.Compose([\n        transforms.ToTensor(),\n        " +
				"transforms.Normalize((0.1307,), (0.3081,))\n        ])",
			"none",
		},
		{
			"train_transform = T.Compose([T.RandomHorizontalFlip(), T.ToTensor(), T.Normalize(mean=[0.5], " +
				"std=[0.5])])",
			"RandomHorizontalFlip()",
		},
		{
			"torchvision.transforms.Compose([\n    transforms.RandomAffine(degrees=15, translate=(0.1, 0.1)),\n  " +
				"  transforms.ToTensor(),\n    transforms.RandomErasing(p=0.25),\n])",
			"Compose([RandomAffine(degrees=15.0, translate=(0.1, 0.1)), RandomErasing(p=0.25)])",
		},
		{
			"v2.Compose([v2.ToImage(), v2.RandomHorizontalFlip(p=1/4), v2.ToDtype(torch.float32, scale=True)])",
			"RandomHorizontalFlip(p=0.25)",
		},
		{"transforms.RandomHorizontalFlip(),", "RandomHorizontalFlip()"},
		{"transforms.Compose([transforms.RandomRotation(10), transforms.ToTensor()])", "RandomAffine(degrees=10.0)"},
		{
			"normalize = transforms.Normalize((0.5,), (0.5,))\ntransforms.Compose([transforms.RandomAffine(10), " +
				"transforms.ToTensor(), normalize])  # train",
			"RandomAffine(degrees=10.0)",
		},
		{"transforms.Compose((transforms.ToTensor(),))", "none"},
		{"transforms.RandomHorizontalFlip(p)", "p is p: want a number"},
		{"transforms.Compose([transforms.Resize(256), transforms.ToTensor()])", "there is no augmentation \"Resize\""},
	} {
		c, err := ParseAugment(tt.line)
		switch {
		case err != nil && !strings.Contains(err.Error(), tt.want):
			t.Errorf("%s\ngave %v\nwant %s", tt.line, err, tt.want)
		case err == nil && c.String() != tt.want:
			t.Errorf("%s\ngave %s\nwant %s", tt.line, c, tt.want)
		}
	}
}
