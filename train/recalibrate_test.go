package train_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/data"
	"anneal/graph"
	"anneal/internal/longtest"
	"anneal/models"
	"anneal/train"
	"anneal/weights"
)

// TestRecalibrateMatchesPyTorch recomputes the statistics of a trained and of a new network on 1000 images.
func TestRecalibrateMatchesPyTorch(t *testing.T) {
	training, _ := mnist(t, 1000)
	networks := 0
	for _, want := range allDiagnosed(t) {
		if want.Recalibrated == nil {
			continue
		}
		networks++
		for dtype, tolerance := range map[tensor.Dtype]float64{tensor.Float64: 1e-12, tensor.Float32: 3e-6} {
			t.Run(fmt.Sprint(want.Start, " ", dtype), func(t *testing.T) {
				if dtype == tensor.Float64 {
					longtest.SkipIfShort(t, "computes in float64 on plain Go")
				}
				params := graph.NewParams(1, dtype)
				evaluator, err := train.NewEvaluator(models.LeNetBN, params, training, 300)
				if err != nil {
					t.Fatal(err)
				}
				if err := weights.Load(filepath.Join("testdata", want.Start+".safetensors"), params); err != nil {
					t.Fatal(err)
				}
				batches := params.Lookup("conv2_bn.num_batches_tracked").Value().Int64s()[0]
				if err := train.Recalibrate(t.Context(), models.LeNetBN, params, training); err != nil {
					t.Fatal(err)
				}
				for name, values := range want.Recalibrated {
					for c, got := range bits(params.Lookup(name).Value()) {
						if !(math.Abs(got-values[c]) <= tolerance*max(1, math.Abs(values[c]))) {
							t.Errorf("%s, channel %d: got %v, want %v", name, c, got, values[c])
						}
					}
				}
				if got := params.Lookup("conv2_bn.num_batches_tracked").Value().Int64s()[0]; got != batches {
					t.Errorf("num_batches_tracked is %d and was %d", got, batches)
				}
				e, err := evaluator.Run(t.Context())
				if err != nil || !(math.Abs(e.Loss-want.Loss) <= tolerance) {
					t.Errorf("loss %v, %v, want %v", e.Loss, err, want.Loss)
				}
			})
		}
	}
	if networks != 2 {
		t.Errorf("recalibrated %d networks, want 2", networks)
	}
}

// branches has stock ops between its layers, a BatchNorm on the input itself, one without gamma and beta on [N, C], one
// that is folded into a layer before it, and one whose convolution has a second user.
func branches(b *graph.Builder, x *graph.Node) *graph.Node {
	h := b.Try(gorgonia.Tanh(b.Conv2D("conv1", b.BatchNorm("first", x), 3, 3)))
	z := b.Conv2D("conv2", h, 3, 1)
	h = b.Try(gorgonia.Add(b.ReLU(b.BatchNorm("second", z)), z))
	h = b.ReLU(b.BatchNorm("third", b.Linear("fc1", b.Flatten(h), 4), graph.NoAffine(), graph.Eps(1e-3)))
	return b.Linear("fc2", h, 3)
}

// TestRecalibrate compares with what the definition says, computed in plain Go on each BatchNorm's input over the whole
// set at once.
func TestRecalibrate(t *testing.T) {
	set := stripes(t, 1203) // three batches, the last one smaller
	params := graph.NewParams(5, tensor.Float64)
	train64 := graph.Config{Mode: graph.Eval, Shape: tensor.Shape{set.Len(), 1, 4, 4}}
	if _, err := graph.Compile(branches, params, train64); err != nil {
		t.Fatal(err)
	}
	if err := train.Recalibrate(t.Context(), branches, params, set); err != nil {
		t.Fatal(err)
	}
	x := make([]float64, 0, 16*set.Len())
	for i := range set.Len() {
		sample := make([]float32, 16)
		if _, err := set.Read(i, sample); err != nil {
			t.Fatal(err)
		}
		for _, v := range sample {
			x = append(x, float64(v))
		}
	}
	for _, name := range []string{"first", "second", "third"} {
		how := train64
		how.UpTo = name
		p, err := graph.Compile(branches, params, how)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Run(tensor.New(tensor.WithShape(how.Shape...), tensor.WithBacking(slices.Clone(x))), nil); err != nil {
			t.Fatal(err)
		}
		in := p.Input()
		channels := in.Shape()[1]
		size := in.DataSize() / set.Len() / channels
		for c := range channels {
			var values []float64
			for i, v := range in.Float64s() {
				if i/size%channels == c {
					values = append(values, v)
				}
			}
			mean, squares := 0.0, 0.0
			for _, v := range values {
				mean += v / float64(len(values))
			}
			for _, v := range values {
				squares += (v - mean) * (v - mean)
			}
			near(t, name+".running_mean", params, c, mean)
			near(t, name+".running_var", params, c, squares/float64(len(values)-1))
		}
	}
}

// near compares one element of a parameter.
func near(t *testing.T, name string, params *graph.Params, i int, want float64) {
	t.Helper()
	if got := params.Lookup(name).Value().Float64s()[i]; !(math.Abs(got-want) <= 1e-12*max(1, math.Abs(want))) {
		t.Errorf("%s[%d]: got %v, want %v", name, i, got, want)
	}
}

// A second time changes nothing, to the bit: the statistics depend on the weights and the set alone.
func TestRecalibrateTwice(t *testing.T) {
	set, params := stripes(t, 703), graph.NewParams(5, tensor.Float32)
	evaluation(t, branches, params, set)
	var all [2]map[string][]float64
	for i := range all {
		if err := train.Recalibrate(t.Context(), branches, params, set); err != nil {
			t.Fatal(err)
		}
		all[i] = map[string][]float64{}
		for _, p := range params.All() {
			all[i][p.Name()] = slices.Clone(bits(p.Value()))
		}
	}
	if diff := cmp.Diff(all[0], all[1]); diff != "" {
		t.Error(diff)
	}
}

func TestRecalibrateErrors(t *testing.T) {
	set := stripes(t, 10)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		name  string
		ctx   context.Context
		model graph.Model
		set   data.Dataset
		spoil float64 // a weight
		want  string
	}{
		{"no BatchNorm", t.Context(), linear, set, 0, "the model has no BatchNorm"},
		{"cancelled", cancelled, normed, set, 0, "context canceled"},
		{"NaN", t.Context(), normed, set, math.NaN(), "bn: channel 0 of its input has mean NaN and variance NaN"},
		{"one sample", t.Context(), normed, stripes(t, 1), 0, "want finite numbers, and more than one value per channel"},
	} {
		params := graph.NewParams(1, tensor.Float32)
		evaluation(t, c.model, params, set)
		if w := params.Lookup("fc1.weight"); w != nil && c.spoil != 0 {
			w.Value().Float32s()[0] = float32(c.spoil)
		}
		before := map[string]string{}
		for _, p := range params.All() {
			before[p.Name()] = fmt.Sprint(bits(p.Value()))
		}
		err := train.Recalibrate(c.ctx, c.model, params, c.set)
		if err == nil || !strings.Contains(err.Error(), c.want) || c.ctx == cancelled && !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
		for _, p := range params.All() {
			if got := fmt.Sprint(bits(p.Value())); got != before[p.Name()] {
				t.Errorf("%s: %s is %s and was %s", c.name, p.Name(), got, before[p.Name()])
			}
		}
	}
}
