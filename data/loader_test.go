package data

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"anneal/data/augment"
)

// numbered returns a data set of n samples of one pixel, sample i having the pixel and the label i.
func numbered(t testing.TB, n int) *Memory {
	t.Helper()
	pixels, labels := make([]float32, n), make([]int32, n)
	for i := range n {
		pixels[i], labels[i] = float32(i), int32(i)
	}
	m, err := NewMemory([3]int{1, 1, 1}, n, pixels, labels)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func loader(t testing.TB, d Dataset, o Options) *Loader {
	t.Helper()
	l, err := NewLoader(d, o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// labels returns the labels of the batches of an epoch.
func labels(l *Loader, epoch, from int) [][]int32 {
	var all [][]int32
	for b, err := range l.Epoch(context.Background(), epoch, from) {
		if err != nil {
			panic(err)
		}
		all = append(all, slices.Clone(b.Labels))
	}
	return all
}

func TestFileOrder(t *testing.T) {
	l := loader(t, numbered(t, 7), Options{Batch: 3})
	if got := fmt.Sprint(labels(l, 5, 0)); got != "[[0 1 2] [3 4 5] [6]]" || l.Batches() != 3 {
		t.Errorf("got %s in %d batches", got, l.Batches())
	}
	for _, from := range []int{-1, 3, 4} {
		if got := labels(l, 5, from); got != nil {
			t.Errorf("from %d: got %v, want no batch", from, got)
		}
	}
	if got := fmt.Sprint(labels(loader(t, numbered(t, 3), Options{Batch: 1 << 30}), 0, 0)); got != "[[0 1 2]]" {
		t.Errorf("a batch larger than the set: got %s", got)
	}
}

// Every sample comes once an epoch, in an order that the seed and the epoch name, wherever the epoch is entered.
func TestEpochs(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(r, "samples")
		o := Options{
			Batch: rapid.IntRange(1, 45).Draw(r, "batch"), Shuffle: rapid.Bool().Draw(r, "shuffle"),
			Seed: rapid.Uint64().Draw(r, "seed"),
		}
		epoch := rapid.IntRange(0, 5).Draw(r, "epoch")
		l := loader(t, numbered(t, n), o)
		whole := labels(l, epoch, 0)
		if len(whole) != l.Batches() {
			r.Fatalf("%d batches, want %d", len(whole), l.Batches())
		}
		all := slices.Concat(whole...)
		slices.Sort(all)
		for i, label := range all {
			if int(label) != i {
				r.Fatalf("samples %v", all)
			}
		}
		from := rapid.IntRange(0, l.Batches()).Draw(r, "from")
		labels(l, epoch+1, 0)
		if rest := labels(loader(t, numbered(t, n), o), epoch, from); fmt.Sprint(rest) != fmt.Sprint(whole[from:]) ||
			fmt.Sprint(labels(l, epoch, from)) != fmt.Sprint(rest) {
			r.Fatalf("from %d: got %v, want %v", from, rest, whole[from:])
		}
	})
}

func TestShuffleDepends(t *testing.T) {
	order := func(seed uint64, epoch int) string {
		return fmt.Sprint(labels(loader(t, numbered(t, 30), Options{Batch: 30, Shuffle: true, Seed: seed}), epoch, 0))
	}
	one := order(1, 1)
	if order(1, 2) == one || order(2, 1) == one || order(1, 1) != one {
		t.Error("the order must depend on the seed and the epoch, and on nothing else")
	}
}

// While the loop works on a batch the next one is prepared, in another buffer.
func TestBuffers(t *testing.T) {
	l := loader(t, numbered(t, 20), Options{Batch: 3})
	first := map[int]*float32{}
	i := 0
	for b, err := range l.Epoch(context.Background(), 0, 0) {
		if err != nil {
			t.Fatal(err)
		}
		if b.Index != i || b.buffer < 0 || b.buffer >= len(l.buffers) {
			t.Fatalf("batch %d: got index %d, buffer %d", i, b.Index, b.buffer)
		}
		if p, ok := first[b.buffer]; ok && p != &b.X[0] {
			t.Errorf("buffer %d moved", b.buffer)
		}
		first[b.buffer] = &b.X[0]
		time.Sleep(time.Millisecond) // for the other goroutine to do harm
		for j, v := range b.X {
			if v != float32(3*i+j) || b.Labels[j] != int32(3*i+j) {
				t.Fatalf("batch %d changed: %v, %v", i, b.X, b.Labels)
			}
		}
		i++
	}
	if len(first) != len(l.buffers) {
		t.Errorf("%d buffers in use, want %d", len(first), len(l.buffers))
	}
}

func TestNoGoroutineStays(t *testing.T) {
	before := runtime.NumGoroutine()
	l := loader(t, numbered(t, 100), Options{Batch: 3, Shuffle: true})
	for i := range 50 {
		ctx, cancel := context.WithCancel(context.Background())
		n := 0
		for range l.Epoch(ctx, i, 0) {
			if n++; i%3 == 0 && n == 2 {
				break
			} else if i%3 == 1 && n == 2 {
				cancel()
			}
		}
		if want := []int{2, 2, 34}[i%3]; n != want {
			t.Errorf("%d batches, want %d", n, want)
		}
		for range l.Epoch(ctx, i, 0) {
			if i%3 == 1 {
				t.Error("a batch after the context was done")
			}
		}
		cancel()
	}
	for range 100 { // a goroutine that has closed its channel may still be on its last instruction
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}

func TestNoAllocationPerBatch(t *testing.T) {
	set := numbered(t, 4000)
	augment := Compose{
		RandomAffine{Degrees: 10, Scale: [2]float64{1, 1}},
		RandomHorizontalFlip{P: 0.5},
		RandomErasing{P: 0.5, Scale: [2]float64{0.02, 0.33}, Ratio: [2]float64{0.3, 3.3}},
		GaussianNoise{Sigma: 0.1},
	}
	allocs := func(batch int) float64 {
		l := loader(t, set, Options{Batch: batch, Shuffle: true, Augment: augment})
		return testing.AllocsPerRun(5, func() {
			for range l.Epoch(context.Background(), 1, 0) {
			}
		})
	}
	if few, many := allocs(2000), allocs(1); many > few+5 { // 2 and 4000 batches
		t.Errorf("an epoch of 2 batches allocates %v times, of 4000 %v", few, many)
	}
}

// outside is a data set with a label that is no class.
type outside struct{ Dataset }

func (outside) Read(i int, _ []float32) (int32, error) { return int32(2 * i), nil }

func TestMixedLabel(t *testing.T) {
	l := loader(t, outside{numbered(t, 3)}, Options{Batch: 3, Augment: Compose{augment.MixUp{Alpha: 1}}})
	for _, err := range l.Epoch(t.Context(), 0, 0) {
		if err == nil || err.Error() != "data: label of sample 2 of batch 0: got 4, want 0 to 2" {
			t.Errorf("got %v", err)
		}
	}
}

func TestNewLoaderErrors(t *testing.T) {
	set := numbered(t, 3)
	for _, c := range []struct {
		set  Dataset
		o    Options
		want string
	}{
		{set, Options{Batch: 0}, "data: batch: got 0, want at least 1"},
		{set, Options{Batch: 1, Workers: -1}, "data: workers: got -1, want at least 0"},
		{set, Options{Batch: 1, Ahead: -2}, "data: ahead: got -2, want at least 0"},
		{&Memory{shape: [3]int{1, 1, 1}}, Options{Batch: 1}, "data: samples: got 0, want at least 1"},
		{&Memory{labels: []int32{1}}, Options{Batch: 1}, "data: shape: got [0 0 0], want"},
		{
			set,
			Options{Batch: 1, Augment: Compose{RandomHorizontalFlip{P: 2}}},
			"data: RandomHorizontalFlip: p is 2: want a number from 0 to 1",
		},
	} {
		if _, err := NewLoader(c.set, c.o); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

func BenchmarkRead64(b *testing.B) {
	p, err := Load(context.Background(), "")
	if err != nil {
		b.Fatal(err)
	}
	l := loader(b, p.Train, Options{Batch: 64, Shuffle: true})
	l.arrange(1)
	b.SetBytes(64 * 784 * 4)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		for first := 0; first < 64; first += l.chunkSize() {
			if err := l.read(l.bufferOf(i), i%900, first, nil); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(context.Background(), ""); err != nil {
			b.Fatal(err)
		}
	}
}
