package runs

import (
	"math"
	"math/rand/v2"
	"testing"
)

// matrix returns a confusion matrix of two classes.
func matrix(a, b, c, d int) [][]int { return [][]int{{a, b}, {c, d}} }

// diagonal returns the matrix of a network that gets right of each n samples of a class right and spreads the rest.
func diagonal(classes, n, right int) [][]int {
	m := make([][]int, classes)
	for i := range m {
		m[i] = make([]int, classes)
		m[i][i] = right
		for k := range n - right {
			m[i][(i+1+k%(classes-1))%classes]++
		}
	}
	return m
}

// constant returns the matrix of a network that always answers the same.
func constant(answer int, samples ...int) [][]int {
	m := make([][]int, len(samples))
	for i, n := range samples {
		m[i] = make([]int, len(samples))
		m[i][answer] = n
	}
	return m
}

func even(classes, n int) []int {
	list := make([]int, classes)
	for i := range list {
		list[i] = n
	}
	return list
}

func TestGuesses(t *testing.T) {
	mnist := []int{980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}
	for _, c := range []struct {
		what      string
		confusion [][]int
		loss      float64
		want      bool
	}{
		{"MNIST, always 1", constant(1, mnist...), 2.3188, true},
		{"MNIST, always 0", constant(0, mnist...), 2.3010, true},
		{"always the same, NaN", constant(0, mnist...), math.NaN(), true},
		{"always the same, and far too sure", constant(0, mnist...), 80, true},
		{"10 classes, 99 %", diagonal(10, 1000, 990), 0.03, false},
		{"10 classes, 20 %, hardly below ln 10", diagonal(10, 1000, 200), 2.295, false},
		{"10 classes, overconfident", diagonal(10, 1000, 600), 9, false},
		{"10 classes, 8 %: worse than chance", diagonal(10, 1000, 80), 2.4, true},
		{"10 classes, all wrong", diagonal(10, 1000, 0), 12, true},
		{"10 classes, always 0 but the loss has begun to fall", constant(0, even(10, 1000)...), 2.2, false},
		{"100 classes, 1 %", diagonal(100, 100, 1), 4.61, true},
		{"100 classes, 3 %", diagonal(100, 100, 3), 4.6, false},
		{"100 classes, always the same", constant(7, even(100, 100)...), 4.6052, true},

		{"99:1, always the frequent class", constant(0, 9900, 100), 0.0560, true},
		{"99:1, always the frequent class, but knowing better", constant(0, 9900, 100), 0.03, false},
		{"99:1, half of the rare ones at the cost of accuracy", matrix(8900, 1000, 50, 50), 0.4, false},
		{"99:1, as many of both taken for rare", matrix(8910, 990, 90, 10), 0.4, true},
		{"99:1, coin flips", matrix(4950, 4950, 50, 50), 0.693, true},
		{"99:1 in 100 samples cannot tell", constant(0, 99, 1), 0.056, false},
		{"2 classes, 60 %", matrix(600, 400, 400, 600), 0.7, false},
		{"2 classes, 50 %", matrix(500, 500, 500, 500), 0.7, true},
		{"2 classes, turned round", matrix(10, 990, 990, 10), 5, true},

		{"10 images, all right", diagonal(10, 1, 1), 0.1, false},
		{"10 images, all right, hardly sure", diagonal(10, 1, 1), 2.2, false},
		{"10 images, always the same", constant(3, even(10, 1)...), 2.31, true},
		{"10 images of 2 classes, all right, hardly sure", diagonal(2, 5, 5), 0.6, false},
		{"10 images of 2 classes, always the same", constant(1, 5, 5), 0.7, true},
		{"2 images cannot tell", constant(0, 1, 1), 0.7, false},
		{"1 image cannot tell", constant(0, 1, 0), 0, false},
		{"one class cannot tell", constant(0, 1000, 0), 0, false},
		{"no image", constant(0, 0, 0), 0, false},
	} {
		if got := (Epoch{Confusion: c.confusion, TestLoss: c.loss}).Guesses(len(c.confusion)); got != c.want {
			t.Errorf("%s: got %v, want %v", c.what, got, c.want)
		}
	}
}

// Predictions that know nothing of the labels are a guess, whatever their shares and those of the labels. Predictions
// that know half of the labels are none. One in ten of the former and one in fifty of the latter may look like the
// other.
func TestGuessesAtRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const n = 500
	wrong := [2]int{}
	for range 200 {
		classes := 2 + r.IntN(30)
		weight := make([]float64, classes)
		for i := range weight {
			weight[i] = math.Exp(3 * r.NormFloat64())
		}
		draw := func() int {
			best, at := math.Inf(1), 0
			for i, w := range weight {
				if v := r.ExpFloat64() / w; v < best {
					best, at = v, i
				}
			}
			return at
		}
		blind, seeing := matrixOf(classes), matrixOf(classes)
		for range n {
			label, guess := draw(), draw()
			blind[label][guess]++
			if r.IntN(2) == 0 {
				guess = label
			}
			seeing[label][guess]++
		}
		loss := 0.1 + newCounts(blind).chance()
		if !newCounts(blind).Guesses(loss) {
			wrong[0]++
		}
		if newCounts(seeing).Guesses(loss) {
			wrong[1]++
		}
	}
	if wrong[0] > 20 || wrong[1] > 4 {
		t.Errorf("of 200 each, %d blind ones are no guess and %d seeing ones are one", wrong[0], wrong[1])
	}
}

func matrixOf(classes int) [][]int {
	m := make([][]int, classes)
	for i := range m {
		m[i] = make([]int, classes)
	}
	return m
}

func (c Counts) chance() float64 {
	loss, _ := c.Chance()
	return loss
}

// What a file says counts, then the confusion matrix, then the accuracy.
func TestGuessesOfOlderFiles(t *testing.T) {
	yes, no := true, false
	for i, c := range []struct {
		e       Epoch
		classes int
		want    bool
	}{
		{Epoch{Guessing: &yes, TestAccuracy: 0.9}, 10, true},
		{Epoch{Guessing: &no, TestAccuracy: 0.1, Confusion: constant(0, even(10, 10)...), TestLoss: 3}, 10, false},
		{Epoch{TestAccuracy: 0.1, TestLoss: 3}, 10, true},
		{Epoch{TestAccuracy: 0.2, TestLoss: 3}, 10, false},
		{Epoch{}, 0, false},
	} {
		if got := c.e.Guesses(c.classes); got != c.want {
			t.Errorf("%d: got %v, want %v", i, got, c.want)
		}
	}
}
