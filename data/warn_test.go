package data

import (
	"strings"
	"testing"
)

// Warnings are about characters by their names, and about samples that are no pictures, each once.
func TestWarnings(t *testing.T) {
	of := func(shape [3]int, names string) Dataset {
		labels := make([]int32, 12)
		d, err := NewImages(shape, 12, make([]byte, 12*shape[0]*shape[1]*shape[2]), labels,
			Facts{ClassNames: strings.Fields(names), Mean: []float64{0}, Std: []float64{1}})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	table, err := NewTensors(Floats("x", make([]float32, 12), 4))
	if err != nil {
		t.Fatal(err)
	}
	letters, pets := of([3]int{1, 8, 8}, "A B C D E F G H I J K Ä"), of([3]int{1, 8, 8}, "A B C D E F G H I J K cat")
	for _, c := range []struct {
		set   Dataset
		steps string
		want  []string
	}{
		{letters, "Compose([RandomHorizontalFlip(), RandomHorizontalFlip()])", []string{"a mirrored digit or letter"}},
		{pets, "RandomHorizontalFlip()", nil},
		{table, "Compose([RandomHorizontalFlip(), GaussianNoise(9)])", []string{"the samples are of shape [4]"}},
	} {
		steps, err := ParseAugment(c.steps)
		if err != nil {
			t.Fatal(err)
		}
		got := Warnings(c.set, steps)
		if len(got) != len(c.want) || len(got) > 0 && !strings.Contains(got[0], c.want[0]) {
			t.Errorf("%s: got %q, want %q", c.steps, got, c.want)
		}
	}
}
