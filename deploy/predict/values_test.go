package predict

import (
	"math"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/runs"
	"anneal/weights"
)

// prices adds the rows of x, a table of two columns, to its other input, of three.
func prices(b *graph.Builder, x *graph.Node) *graph.Node {
	more := b.Linear("more", b.Input("more", 3), 1)
	b.Output("half", b.Linear("half", x, 1))
	return b.Try(gorgonia.Add(b.Linear("table", x, 1), more))
}

// set gives every weight the value of v and every bias 0.
func set(params *graph.Params, v float32) {
	for _, p := range params.All() {
		values := p.Value().Float32s()
		for i := range values {
			values[i] = 0
			if strings.HasSuffix(p.Name(), ".weight") {
				values[i] = v
			}
		}
	}
}

// Values of more samples than a batch has are those of each sample.
func TestValues(t *testing.T) {
	params := graph.NewParams(1, tensor.Float32)
	p, err := New(prices, params, Options{XShape: []int{2}, MaxBatch: 4})
	if err != nil {
		t.Fatal(err)
	}
	set(params, 1)
	for _, n := range []int{0, 1, 3, 4, 11} {
		var x, more []float32
		for i := range n {
			x, more = append(x, float32(i), 1), append(more, float32(100*i), 0, 10)
		}
		got, err := p.Values(x, graph.Named{Name: "more", Floats: more})
		if err != nil {
			t.Fatal(err)
		}
		if len(got[""]) != n || len(got["half"]) != n {
			t.Fatalf("%d samples: got %v", n, got)
		}
		for i := range n {
			want := float64(101*i + 11)
			if !(math.Abs(got[""][i]-want) < 1e-3) || !(math.Abs(got["half"][i]-float64(i+1)) < 1e-4) {
				t.Errorf("%d samples: sample %d: got %v and %v, want %v and %d", n, i, got[""][i], got["half"][i], want, i+1)
			}
		}
	}
	for want, call := range map[string]func() error{
		"3 numbers: want a multiple of 2, the size of a sample of shape [2]": func() error {
			_, err := p.Values([]float32{1, 2, 3})
			return err
		},
		"input more: 4 numbers for 3 samples": func() error {
			_, err := p.Values(make([]float32, 6), graph.Named{Name: "more", Floats: make([]float32, 4)})
			return err
		},
		`a batch without "more"`: func() error {
			_, err := p.Values([]float32{1, 2})
			return err
		},
		"XShape: got [2], want sizes of at least 1, of as many numbers as [3 1 1]": func() error {
			_, err := New(prices, params, Options{XShape: []int{2}, Shape: [3]int{3, 1, 1}})
			return err
		},
		"the network's result is not logits": func() error {
			image := func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Conv2D("c", x, 1, 1) }
			q, err := New(image, graph.NewParams(1, tensor.Float32), Options{Shape: [3]int{1, 2, 2}})
			if err != nil {
				return err
			}
			_, err = q.Predict(make([]float32, 4))
			return err
		},
	} {
		if err := call(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want %q in it", err, want)
		}
	}
}

// Load takes the shape of x from what the file records.
func TestLoadValues(t *testing.T) {
	params := graph.NewParams(1, tensor.Float32)
	if _, err := New(prices, params, Options{XShape: []int{2}}); err != nil {
		t.Fatal(err)
	}
	set(params, 2)
	path := t.TempDir() + "/prices.safetensors"
	record := &runs.Record{
		Solver: "SGD()", Schedule: "none", Settings: runs.Settings{Epochs: 1, Batch: 1},
		Train: runs.DataRecord{Samples: 1, Shape: [3]int{2, 1, 1}, XShape: []int{2}},
	}
	if err := weights.SaveWith(path, params, record, nil); err != nil {
		t.Fatal(err)
	}
	p, err := Load(path, prices)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.Values([]float32{1, 2}, graph.Named{Name: "more", Floats: []float32{1, 1, 1}})
	if err != nil || got[""][0] != 12 || got["half"][0] != 6 {
		t.Errorf("got %v, %v, want 12 and 6", got, err)
	}
}
