package data_test

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"anneal/data"
)

// broken is a data set of 20 samples of one pixel and a field, of which sample 13 cannot be read.
type broken struct {
	data.Dataset
	read, field error // if set, Read and ReadField return it
	panics      bool  // Read panics
}

func newBroken(t testing.TB, b broken) broken {
	b.Dataset = numbered(t, 1, make([]int32, 20)...)
	return b
}

func (b broken) Read(i int, x []float32) (int32, error) {
	if i != 13 || b.read == nil && !b.panics {
		return b.Dataset.Read(i, x)
	}
	if b.panics {
		return int32(x[i]), nil // which has one element
	}
	return 0, b.read
}

func (b broken) XShape() []int        { return []int{1, 1, 1} }
func (b broken) Fields() []data.Field { return []data.Field{{Name: "weight"}} }

func (b broken) ReadField(i, _ int, floats []float32, _ []int32) error {
	floats[0] = float32(i)
	if i == 13 {
		return b.field
	}
	return nil
}

// explosive is an augmentation that panics on the pixel 13.
type explosive struct{ data.RandomHorizontalFlip }

func (explosive) Apply(_, src []float32, _ data.Frame, _ *rand.Rand) {
	if src[0] == 13 {
		panic("13")
	}
}

// The samples before one that cannot be read come as ever. Then comes the error, which names it, and the loop ends.
func TestUnreadableSample(t *testing.T) {
	for _, c := range []struct {
		name    string
		set     broken
		augment data.Compose
		want    string
	}{
		{"error", broken{read: fs.ErrNotExist}, nil, `^data: sample 13: file does not exist$`},
		{"field", broken{field: fs.ErrNotExist}, nil, `^data: sample 13: weight: file does not exist$`},
		{
			"panic",
			broken{panics: true},
			nil,
			`^data: sample 13: panic at sample_test.go:\d+: runtime error: index out of range \[13\] with length 1$`,
		},
		{
			"augmentation", broken{}, data.Compose{explosive{}}, `^data: sample 13: panic at sample_test.go:\d+: 13$`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			set := newBroken(t, c.set)
			l, err := data.NewLoader(set, data.Options{Batch: 3, Augment: c.augment})
			if err != nil {
				t.Fatal(err)
			}
			batches, failures := 0, 0
			for b, err := range l.Epoch(context.Background(), 0, 0) {
				if err == nil {
					if batches++; failures > 0 || b.X[0] != float32(3*b.Index) {
						t.Errorf("batch %d after %d failures: %v", b.Index, failures, b.X)
					}
					continue
				}
				failures++
				var sample *data.SampleError
				if !errors.As(err, &sample) || sample.Sample != 13 || !regexp.MustCompile(c.want).MatchString(err.Error()) {
					t.Errorf("got %v, want %s", err, c.want)
				}
				if wants := cmp.Or(c.set.read, c.set.field); wants != nil && !errors.Is(err, wants) {
					t.Errorf("%v hides %v", err, wants)
				}
			}
			if batches != 4 || failures != 1 {
				t.Errorf("got %d batches and %d errors, want 4 and 1", batches, failures)
			}
		})
	}
}

// A sample of a part is named by its number in the whole set, whichever part and whatever goes wrong.
func TestUnreadableSampleOfPart(t *testing.T) {
	for _, c := range []broken{{read: fs.ErrNotExist}, {panics: true}, {field: fs.ErrNotExist}} {
		set := &healthy{newBroken(t, c), true}
		first, second, err := data.Split(set, 0.5, 1)
		if err != nil {
			t.Fatal(err)
		}
		set.well = false
		failures := 0
		for _, part := range []data.Dataset{first, second} {
			x, values := make([]float32, 1), data.NewValues(part)
			for i := range part.Len() {
				_, err := data.Read(part, i, x)
				for _, err := range []error{err, data.ReadFields(part, i, values)} {
					if err == nil {
						continue
					}
					if failures++; !strings.HasPrefix(err.Error(), "data: sample 13: ") {
						t.Errorf("got %v, want sample 13", err)
					}
				}
			}
		}
		if failures != 1 {
			t.Errorf("got %d errors, want 1", failures)
		}
		if _, err := data.Labels(set); c.field == nil && err == nil {
			t.Error("Labels: got no error")
		}
	}
}

// healthy is a broken set that is well at first.
type healthy struct {
	broken
	well bool
}

func (h *healthy) Read(i int, x []float32) (int32, error) {
	if h.well {
		return h.Dataset.Read(i, x)
	}
	return h.broken.Read(i, x)
}
