package data_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"anneal/data"
)

// complete fails unless the parts have each of n samples once, in order.
func complete(t *rapid.T, n int, parts ...data.Dataset) {
	var all []int
	for _, p := range parts {
		samples, _ := contents(p)
		if !slices.IsSorted(samples) {
			t.Fatalf("a part is out of order: %v", samples)
		}
		all = append(all, samples...)
	}
	slices.Sort(all)
	for i, sample := range all {
		if i != sample || len(all) != n {
			t.Fatalf("want each of %d samples once, got %v", n, all)
		}
	}
}

// drawLabels draws the labels of a data set, in up to seven classes.
func drawLabels(t *rapid.T) (classes int, labels []int32) {
	classes = rapid.IntRange(1, 7).Draw(t, "classes")
	return classes, rapid.SliceOfN(rapid.Int32Range(0, int32(classes-1)), 4, 120).Draw(t, "labels")
}

// The folds' Valid parts are the whole set, of sizes and with classes that differ by at most one sample.
func TestFolds(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		classes, labels := drawLabels(r)
		set, k := numbered(t, classes, labels...), rapid.IntRange(2, 4).Draw(r, "k")
		folds, err := data.Folds(set, k, rapid.Uint64().Draw(r, "seed"))
		if err != nil || len(folds) != k {
			r.Fatalf("got %d folds, %v", len(folds), err)
		}
		var valid []data.Dataset
		_, whole := contents(set)
		for _, f := range folds {
			complete(r, len(labels), f.Train, f.Valid)
			valid = append(valid, f.Valid)
			if share := float64(len(labels)) / float64(k); !(math.Abs(float64(f.Valid.Len())-share) < 1) {
				r.Fatalf("a part of %d samples, want about %g", f.Valid.Len(), share)
			}
			_, counts := contents(f.Valid)
			for c, n := range counts {
				if share := float64(whole[c]) / float64(k); !(math.Abs(float64(n)-share) < 1) {
					r.Fatalf("class %d: got %d samples, want about %g", c, n, share)
				}
			}
		}
		complete(r, len(labels), valid...)
	})
}

// No group is on both sides of a split or a fold, and the same seed gives the same parts.
func TestGroups(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(4, 80).Draw(r, "samples")
		groups := rapid.SliceOfN(rapid.IntRange(0, 9), n, n).Draw(r, "groups")
		groups[0], groups[1] = -1, -2 // two at least
		set, seed := numbered(t, 1, make([]int32, n)...), rapid.Uint64().Draw(r, "seed")
		apart := func(a, b data.Dataset) {
			complete(r, n, a, b)
			first, _ := contents(a)
			second, _ := contents(b)
			for _, i := range first {
				for _, j := range second {
					if groups[i] == groups[j] {
						r.Fatalf("samples %d and %d of group %d are apart", i, j, groups[i])
					}
				}
			}
		}
		size := rapid.IntRange(1, n-1).Draw(r, "size")
		train, valid, err := data.SplitGroups(set, groups, float64(size), seed)
		if err != nil || train.Len() == 0 || valid.Len() == 0 {
			r.Fatal(err)
		}
		apart(train, valid)
		_, again, err := data.SplitGroups(set, groups, float64(size), seed)
		a, _ := contents(valid)
		if b, _ := contents(again); err != nil || !slices.Equal(a, b) {
			r.Fatalf("the same seed gives %v and %v, %v", a, b, err)
		}
		folds, err := data.GroupFolds(set, groups, 2, seed)
		if err != nil {
			r.Fatal(err)
		}
		for _, f := range folds {
			apart(f.Train, f.Valid)
		}
	})
}

// The parts have the sizes that were asked for, with each class's share to within one sample, and one part is Split's.
func TestPartition(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		classes, labels := drawLabels(r)
		set, n, seed := numbered(t, classes, labels...), len(labels), rapid.Uint64().Draw(r, "seed")
		a := rapid.IntRange(1, n-2).Draw(r, "first size")
		b := rapid.IntRange(1, n-1-a).Draw(r, "second size")
		parts, err := data.Partition(set, seed, float64(a), float64(b))
		if err != nil || len(parts) != 3 || parts[1].Len() != a || parts[2].Len() != b {
			r.Fatalf("got %d parts, %v", len(parts), err)
		}
		complete(r, n, parts...)
		_, valid, err := data.Split(set, float64(a), seed)
		want, _ := contents(valid)
		if got, _ := contents(parts[1]); err != nil || !slices.Equal(got, want) {
			r.Fatalf("got %v, and of Split %v, %v", got, want, err)
		}
		share := rapid.Float64Range(0.01, 1).Draw(r, "share")
		some, err := data.Fraction(set, share, seed)
		if err != nil || some.Len() != max(1, int(math.Round(share*float64(n)))) {
			r.Fatalf("a share of %v has %d of %d samples, %v", share, some.Len(), n, err)
		}
		_, whole := contents(set)
		_, counts := contents(some)
		for c, got := range counts {
			if want := float64(some.Len()) * float64(whole[c]) / float64(n); !(math.Abs(float64(got)-want) < 1) {
				r.Errorf("class %d: got %d samples of %d, want about %g", c, got, whole[c], want)
			}
		}
	})
}

func TestDivisionErrors(t *testing.T) {
	set := numbered(t, 2, 0, 1, 0, 1)
	for want, f := range map[string]func() error{
		"data: folds: got 5, want 2 to 4, the number of samples": func() error {
			_, err := data.Folds(set, 5, 1)
			return err
		},
		"data: folds: got 3, want 2 to 2, the number of groups": func() error {
			_, err := data.GroupFolds(set, []string{"a", "a", "b", "b"}, 3, 1)
			return err
		},
		"data: groups: got 1, want at least 2": func() error {
			_, _, err := data.SplitGroups(set, make([]int, 4), 0.5, 1)
			return err
		},
		"data: groups: got 3, want one for each of 4 samples": func() error {
			_, _, err := data.SplitGroups(set, make([]int, 3), 0.5, 1)
			return err
		},
		"data: fraction: got 1.5, want a share above 0 and at most 1": func() error {
			_, err := data.Fraction(set, 1.5, 1)
			return err
		},
		"data: validation size: got 2 of 2 samples: want at least 1 sample in this part and 1 to train on": func() error {
			_, err := data.Partition(set, 1, 2, 2)
			return err
		},
	} {
		if err := f(); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
