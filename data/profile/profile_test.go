package profile

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"anneal/data"
)

// images returns 8-bit images of 2 channels of 1×2 pixels.
func images(t *testing.T, labels []int32, pixels ...byte) data.Dataset {
	t.Helper()
	facts := data.Facts{Mean: []float64{0.25, 0.5}, Std: []float64{0.5, 2}}
	d, err := data.NewImages([3]int{2, 1, 2}, 3, pixels, labels, facts)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func near(got, want float64) bool { return math.Abs(got-want) <= 1e-6*math.Max(1, math.Abs(want)) }

// Statistics are of the pixels before they were normalised, channel by channel.
func TestImages(t *testing.T) {
	sets := &data.Sets{
		Train: images(t, []int32{0, 2, 2}, 0, 255, 51, 51 /**/, 0, 0, 51, 102 /**/, 0, 255, 51, 51),
		Test:  images(t, []int32{2, 1}, 0, 255, 51, 51 /**/, 9, 9, 9, 9),
		From:  "here", Skipped: 4,
	}
	p, err := Of(t.Context(), sets, Options{})
	if err != nil {
		t.Fatal(err)
	}
	train := p.Train()
	if p.From != "here" || p.Skipped != 4 || !slices.Equal(p.Shape, []int{2, 1, 2}) || len(p.Parts) != 2 ||
		train.Samples != 3 || !slices.Equal(train.Classes, []int{1, 0, 2}) ||
		!slices.Equal(p.Parts[1].Classes, []int{0, 1, 1}) {
		t.Errorf("got %+v", p)
	}
	for i, want := range []Numbers{
		{"x[0]", 6, 1.0 / 3, math.Sqrt(2.0 / 9), 0, 1, 0, 0},
		{"x[1]", 6, 7.0 / 30, math.Sqrt(5.0 / 900), 0.2, 0.4, 0, 0},
	} {
		got := train.Numbers[i]
		if got.Name != want.Name || got.Count != want.Count || !near(got.Mean, want.Mean) ||
			!near(got.Deviation, want.Deviation) || !near(got.Min, want.Min) || !near(got.Max, want.Max) {
			t.Errorf("channel %d: got %+v, want %+v", i, got, want)
		}
	}
	if !slices.Equal(train.Constant, []int{0, 2}) {
		t.Errorf("constant: got %v, want places 0 and 2", train.Constant)
	}
	want := []Equal{
		{"train", "train", 1, [][2]int{{2, 0}}},
		{"test", "train", 1, [][2]int{{0, 0}}},
	}
	if !reflect.DeepEqual(p.Equal, want) {
		t.Errorf("equal samples: got %+v, want %+v", p.Equal, want)
	}
	conflicts := Conflicts{3, []Example{{[2]string{"train", "train"}, [2]int{0, 2}, [2]int{0, 2}}}}
	if !reflect.DeepEqual(p.Conflicts, conflicts) {
		t.Errorf("conflicts: got %+v, want %+v", p.Conflicts, conflicts)
	}
}

// odd is a set of three numbers per sample, some of which are none. Every seventh sample cannot be read.
type odd struct {
	n    int
	read *atomic.Int64
	stop func()
}

func (o odd) Len() int      { return o.n }
func (o odd) Shape() [3]int { return [3]int{1, 1, 3} }
func (o odd) Classes() int  { return 0 }

func (o odd) Read(i int, x []float32) (int32, error) {
	if o.read.Add(1) == 100 && o.stop != nil {
		o.stop()
	}
	if i%7 == 3 {
		return 0, errors.New("broken")
	}
	x[0], x[1], x[2] = 1e6+float32(i%3), float32(math.NaN()), float32(math.Inf(1-2*(i%2)))
	return 0, nil
}

// Numbers that are not finite are counted, and so are samples that cannot be read. Sums do not depend on the number of
// goroutines.
func TestOddNumbers(t *testing.T) {
	sets := &data.Sets{Train: odd{n: 5000, read: new(atomic.Int64)}, Test: odd{n: 7, read: new(atomic.Int64)}}
	_, err := Of(t.Context(), sets, Options{})
	if err == nil || err.Error() != "train samples: data: sample 3: broken" {
		t.Errorf("got %v, want an error about sample 3", err)
	}
	var first *Profile
	for _, n := range []int{1, 2, 5} {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(n))
		p, err := Of(t.Context(), sets, Options{SkipBad: true})
		if err != nil {
			t.Fatal(err)
		}
		train := p.Train()
		if first == nil {
			first = p
		}
		if !reflect.DeepEqual(p, first) {
			t.Errorf("%d goroutines: got %+v, want %+v", n, p, first)
		}
		x := train.Numbers[0]
		if train.Unreadable != 714 || x.Count != 4286 || x.NaN != 4286 || x.Inf != 4286 || x.Min != 1e6 || x.Max != 1e6+2 ||
			!near(x.Mean, 1e6+1) || !(math.Abs(x.Deviation-math.Sqrt(2.0/3)) < 1e-3) {
			t.Errorf("got %+v with %d unreadable", x, train.Unreadable)
		}
	}
	for _, e := range first.Equal {
		if e.Part == "test" && e.Of == "train" && e.Samples != 6 {
			t.Errorf("got %+v, want 6 samples", e)
		}
	}
}

// hollow is a set of two channels, of which the second has no finite number.
type hollow struct{}

func (hollow) Len() int      { return 2 }
func (hollow) Shape() [3]int { return [3]int{2, 1, 1} }
func (hollow) Classes() int  { return 0 }

func (hollow) Read(i int, x []float32) (int32, error) {
	x[0], x[1] = float32(i), []float32{float32(math.NaN()), float32(math.Inf(-1))}[i]
	return 0, nil
}

// The numbers of a channel without a finite one are 0, which JSON can hold.
func TestNoFiniteNumber(t *testing.T) {
	p, err := Of(t.Context(), &data.Sets{Train: hollow{}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := p.Train().Numbers[1], (Numbers{Name: "x[1]", NaN: 1, Inf: 1}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if _, err := json.Marshal(p); err != nil {
		t.Error(err)
	}
}

// A profile ends with the context, before it has read everything.
func TestStop(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	set := odd{n: 100_000, read: new(atomic.Int64), stop: cancel}
	_, err := Of(ctx, &data.Sets{Train: set, Test: set}, Options{SkipBad: true})
	if !errors.Is(err, context.Canceled) || set.read.Load() > 1000 {
		t.Errorf("got %v after %d reads, want the context's error after 100 or a few more", err, set.read.Load())
	}
}

// Columns have the numbers and categories of the table, the target its quartiles; other fields and targets tell samples
// apart.
func TestTensors(t *testing.T) {
	x := []float32{-1, 0, 1, 1, 1, 0, -1, 0, 1, 1, 1, 0}
	set, err := data.NewTensors(
		data.Floats("x", x, 3), data.Ints("place", []int32{7, 7, 7, 9}), data.Floats("target", []float32{0, 1, 2, 4}, 1))
	if err != nil {
		t.Fatal(err)
	}
	train := set.WithFacts(data.Facts{
		Mean: []float64{10, 0, 0}, Std: []float64{2, 1, 1}, Target: &data.Target{Name: "price", Mean: 100, Std: 10},
		Columns: []data.Column{{Name: "size"}, {Name: "town", Categories: []string{"A", "B"}}},
	})
	p, err := Of(t.Context(), &data.Sets{Train: train, Test: train, Missing: []int{1, 2}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Columns) != 2 || *p.Columns[0].Missing != 1 || p.Columns[0].Numbers.Count != 3 ||
		!near(p.Columns[0].Numbers.Deviation, 2*math.Sqrt(4.0/3)) ||
		!near(p.Columns[0].Numbers.Mean, 10) || p.Columns[0].Numbers.Min != 8 || p.Columns[0].Numbers.Max != 12 {
		t.Errorf("got columns %+v", p.Columns)
	}
	if town := p.Columns[1]; *town.Missing != 2 || town.Numbers != nil ||
		!reflect.DeepEqual(town.Categories, []Category{{"A", 2}, {"B", 2}}) || town.Constant {
		t.Errorf("got town %+v", town)
	}
	var names []string
	for _, n := range p.Train().Numbers {
		names = append(names, n.Name)
	}
	if got := strings.Join(names, " "); got != "size town=A town=B place price" {
		t.Errorf("got series %s", got)
	}
	if want := [5]float64{100, 107.5, 115, 125, 140}; p.Target == nil || p.Target.Quartiles != want ||
		!near(p.Target.Mean, 117.5) || p.Target.Name != "price" {
		t.Errorf("got target %+v, want quartiles %v", p.Target, want)
	}
	// Samples 0 and 2 differ by their target alone. 1 and 3 have the same x at other places.
	equal := []Equal{
		{"train", "train", 1, [][2]int{{2, 0}}},
		{"test", "train", 4, [][2]int{{0, 0}, {1, 1}, {2, 0}, {3, 3}}},
		{"test", "test", 1, [][2]int{{2, 0}}},
	}
	if !reflect.DeepEqual(p.Equal, equal) || p.Conflicts.Samples != 4 || len(p.Conflicts.Examples) != 1 {
		t.Errorf("got %+v, %+v", p.Equal, p.Conflicts)
	}
}

// A black pixel of MNIST is 0, though it is read as −0.4242 in float32.
func TestExact(t *testing.T) {
	s := series{"x", 0.1307, 0.3081}
	for b := range 256 {
		v := (float32(b)/255 - float32(0.1307)) / float32(0.3081)
		if got := s.exact(float64(v)); !(math.Abs(got-float64(b)/255) < 1e-6) || b%51 == 0 && got != float64(b/51)/5 {
			t.Errorf("pixel %d: got %v", b, got)
		}
	}
}
