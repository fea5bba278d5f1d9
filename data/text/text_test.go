package text

import (
	"slices"
	"strings"
	"testing"
	"time"

	"anneal/data"
	"anneal/internal/limittest"
)

func TestText(t *testing.T) {
	sets, err := New([]byte("abcdéabcdabc"), "a text", Options{Length: 2, Stride: 3, Test: 0.3})
	if err != nil {
		t.Fatal(err)
	}
	d := sets.Train.(*Text)
	x, next := make([]float32, 2), make([]int32, 2)
	if d.Len() != 3 || d.Classes() != 5 || sets.Test.Len() != 1 || !slices.Equal(data.XShapeOf(d), []int{2}) {
		t.Errorf("got %d samples of %d classes, %d for the test", d.Len(), d.Classes(), sets.Test.Len())
	}
	label, err := d.Read(1, x) // d, é, then a
	if err != nil || d.ReadField(1, 0, nil, next) != nil || label != 0 || !slices.Equal(x, []float32{3, 4}) ||
		!slices.Equal(next, []int32{4, 0}) {
		t.Errorf("got %v, then %d, next %v, %v", x, label, next, err)
	}
	if names := d.Facts().ClassNames; strings.Join(names, "") != "abcdé" {
		t.Errorf("got tokens %v", names)
	}
	known := Options{Length: 2, Test: 0.3, Characters: []string{"z", "b", "a"}}
	if sets, err = New([]byte("ababababab"), "", known); err != nil {
		t.Fatal(err)
	}
	if label, err = sets.Train.Read(0, x); err != nil || label != 2 || x[0] != 2 || x[1] != 1 ||
		sets.Train.Classes() != 3 {
		t.Errorf("as a network knows them: got %v, then %d of %d classes, %v", x, label, sets.Train.Classes(), err)
	}
	for _, c := range []struct {
		text string
		o    Options
		want string
	}{
		{"abc", Options{Length: 2, Test: 0.3}, "a part of 0 tokens: want at least 3 in each"},
		{"abc\xff", Options{Length: 1, Test: 0.5}, "not UTF-8"},
		{"abc", Options{Length: -1, Test: 0.5}, "got length -1"},
		{"abc", Options{Length: 1}, "a test part of 0"},
		{"abacabacab", known, `character 'c': the network does not know it`},
		{"abcd", Options{Length: 1, Test: 0.5, Characters: []string{"dog"}}, `class "dog" of the network: want a character`},
	} {
		if _, err := New([]byte(c.text), "", c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v, want %q", c.text, err, c.want)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add([]byte("hello, world"), 3, 2, false)
	f.Add([]byte{0xff, 0, 1, 2, 3, 4, 5, 6}, 1, 1, true)
	limits := limittest.Limits{Bytes: 64 << 20, Time: time.Second}
	f.Fuzz(func(t *testing.T, b []byte, length, stride int, bytes bool) {
		var sets *data.Sets
		var err error
		limits.Run(t, "a text", func() {
			sets, err = New(b, "", Options{Length: length, Stride: stride, Bytes: bytes, Test: 0.3})
		})
		limittest.OneLine(t, err)
		if err != nil {
			return
		}
		d := sets.Test.(*Text)
		x, next := make([]float32, d.length), make([]int32, d.length)
		label, err := d.Read(d.Len()-1, x)
		if err != nil || d.ReadField(d.Len()-1, 0, nil, next) != nil || next[d.length-1] != label {
			t.Errorf("%d after %v, next %v, %v", label, x, next, err)
		}
	})
}
