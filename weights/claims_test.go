package weights_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/internal/limittest"
	"anneal/models"
	"anneal/weights"
)

// limits are those that a small file is held to, whatever it says.
var limits = limittest.Limits{Bytes: 200 << 20, Time: time.Second}

// The shape of samples, and the network's name with its sizes, come from a file of weights. What they claim is compared
// with what the file holds before anything of that size is allocated.
func TestClaims(t *testing.T) {
	file := filepath.Join(t.TempDir(), "small.safetensors")
	small := func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Linear("fc", b.Flatten(x), 10) }
	params := graph.NewParams(0, tensor.Float32)
	digits := graph.Config{Mode: graph.Eval, Shape: tensor.Shape{1, 1, 28, 28}}
	if _, err := graph.Compile(small, params, digits); err != nil {
		t.Fatal(err)
	}
	if err := weights.Save(file, params); err != nil {
		t.Fatal(err)
	}
	names := []string{"lenet-bn(classes=1000000000)", "mlp(classes=100000000)", "text-gru(classes=1000000000)"}
	for _, e := range models.All() {
		names = append(names, e.Name)
	}
	for _, name := range names {
		model, err := models.Get(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, shape := range [][]int{
			{1, 28, 28},
			{1, 20000, 20000},
			{1, 4000, 4000},
			{1000000, 28, 28},
			{3, 28, 2000000},
			{1, 2000000, 28},
			{400000000},
			{20000},
			{1, 1, 1},
		} {
			what := fmt.Sprint(name, " on ", shape)
			limits.Run(t, what, func() {
				_, err := weights.LoadModelShape(file, model, shape)
				if err == nil || strings.Contains(err.Error(), "\n") {
					t.Errorf("%s: got %v, want an error of one line", what, err)
				}
			})
		}
	}
}
