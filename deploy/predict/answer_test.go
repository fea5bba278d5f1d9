package predict

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"anneal/graph"
)

// Networks of each task answer in their own way.
func TestTasks(t *testing.T) {
	two := func(b *graph.Builder, x *graph.Node) *graph.Node {
		b.Output("twice", b.Linear("twice", b.Flatten(x), 1))
		return b.Linear("own", b.Flatten(x), 2)
	}
	image := func(b *graph.Builder, x *graph.Node) *graph.Node {
		return b.Reshape(b.Linear("own", b.Flatten(x), 4), x.Shape()[0], 2, 2)
	}
	names := []string{"cat", "dog"}
	for _, c := range []struct {
		model  graph.Model
		task   Task
		output Output
		want   string
	}{
		{two, "", "", `{"class":0,"name":"cat","probabilities":[0.5,0.5],"values":{"twice":3}}`},
		{two, Classes, Logits, `{"class":0,"name":"cat","logits":[3,3],"values":{"twice":3}}`},
		{two, Labels, "", `{"labels":["cat","dog"],"probabilities":[0.95,0.95],"values":{"twice":3}}`},
		{two, Numbers, "", `{"values":{"twice":3,"value":[3,3]}}`},
		{image, "", "", `{"values":{"value":[[3,3],[3,3]]}}`},
	} {
		p := predictorOf(t, c.model, Options{XShape: []int{2}, ClassNames: names, Task: c.task})
		o := p.Options()
		output, err := o.Output(c.output)
		if err != nil {
			t.Fatal(err)
		}
		answers, err := p.Answer([]float32{1, 2})
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range answers[0].Probabilities {
			answers[0].Probabilities[i] = math.Round(100*v) / 100
		}
		if got, err := json.Marshal(o.Present(answers[0], output)); err != nil || string(got) != c.want {
			t.Errorf("%s, %s: got %s, %v, want %s", c.task, c.output, got, err, c.want)
		}
	}
	for loss, want := range map[string]Task{
		"": Classes, "CrossEntropyLoss(weight=[1, 5])": Classes, "BCEWithLogitsLoss()": Labels,
		"MSELoss()": Numbers, "MSELoss() target x": Numbers, "mine": Numbers,
	} {
		if got := TaskOf(loss); got != want {
			t.Errorf("%s: got %s, want %s", loss, got, want)
		}
	}
	if _, err := New(two, graph.NewParams(0, tensor.Float32), Options{Task: "guess"}); err == nil ||
		!strings.Contains(err.Error(), `Task: got "guess", want classes, labels or numbers`) {
		t.Errorf("got %v", err)
	}
}

// Tensors are spelt flat or in lists of their shape.
func TestTensors(t *testing.T) {
	p := predictorOf(t, sum, Options{XShape: []int{2, 3}})
	for text, want := range map[string]string{
		`{"x": [1,2,3,4,5,6]}`:                             "[1 2 3 4 5 6]",
		`{"x": [[1,2,3],[4,5,6]]}`:                         "[1 2 3 4 5 6]",
		`{"x": [[1,2],[3,4],[5,6]]}`:                       "x: got lists of shape [3 2], want [2 3]",
		`{"x": [[1,2,3],[4,5]]}`:                           "x: got lists of different lengths",
		`{"x": [[1,2,3],4,5,6]}`:                           "x: got numbers beside lists",
		`{"x": [1,[2],3,4,5,6]}`:                           "x: got lists of different lengths",
		`{"x": [1,2,3,4,5]}`:                               "x: got 5, want 6",
		`{"x": [1,2,3,4,5,6,7]}`:                           "x: got 7, want 6",
		`{"x": [1,2,3,4,5,null]}`:                          "x: number 5: got null, want a number",
		`{"x": [1,2,3,4,5,"6"]}`:                           "x: got string at byte 12, want a number",
		`{"x": [1,2,3,4,5,1e39]}`:                          "x: number 5 is 1e+39, want at most 3.4",
		`{"x": [1,2,3,4,5,1e999]}`:                         "got number 1e999",
		`{"x": {"a": 1}}`:                                  "x: got {\"a\": 1}, want lists of numbers",
		`{"pixels": [1,2,3,4,5,6]}`:                        `unknown key "pixels": want {"x": [6 numbers]}`,
		`{"x": [1,2,3,4,5,6], "y": 1}`:                     `want {"x": [6 numbers]}`,
		`{}`:                                               `got no key, want {"x": [6 numbers]}`,
		`{"x": ` + strings.Repeat("[", 9000) + `1]}`:       "JSON",
		`{"x": [[[[[[[[[[[[[[[1,2,3,4,5,6]]]]]]]]]]]]]]]}`: "x: got lists of shape",
	} {
		got, _, err := p.JSON([]byte(text), 1)
		if err == nil && fmt.Sprint(got[0]) != want || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: got %v, %v, want %s", text, got, err, want)
		}
	}
	if _, err := p.Answer(make([]float32, 6), make([]float32, 5)); err == nil ||
		err.Error() != "predict: sample 1: got 5 numbers, want 6 for a network that takes [2 3]" {
		t.Errorf("a short sample: got %v", err)
	}
	if _, err := p.Answer([]float32{1, 1, 1, 1, 1, float32(math.Inf(1))}); err == nil ||
		!strings.Contains(err.Error(), "finite") {
		t.Errorf("an infinite result: got %v", err)
	}
	if got, err := p.Answer(); len(got) > 0 || err != nil {
		t.Errorf("no samples: got %v, %v", got, err)
	}
	picture := predictorOf(t, sum, Options{Shape: [3]int{3, 1, 1}, Stds: []float64{1, 1, 1}, Means: make([]float64, 3)})
	got, _, err := picture.JSON([]byte(`[{"pixels": [0, 255, 254.6]}, {"x": [[[1]],[[2]],[[3]]]}]`), 2)
	if err != nil || !slices.Equal(slices.Concat(got...), []float32{0, 1, 1, 1, 2, 3}) {
		t.Errorf("pixels and numbers: got %v, %v", got, err)
	}
}

// The panic of a user's code is an error.
func TestPanics(t *testing.T) {
	if _, err := New(func(*graph.Builder, *graph.Node) *graph.Node { panic("oh") }, graph.NewParams(0, tensor.Float32),
		Options{}); err == nil || !strings.Contains(err.Error(), "oh") {
		t.Errorf("a model that panics: got %v", err)
	}
	broken := false
	model := func(b *graph.Builder, x *graph.Node) *graph.Node {
		return b.Op(graph.Op{
			Kind: "Mine", Name: "mine", Inputs: []*graph.Node{x}, Shape: x.Shape(),
			Float32: func() graph.Plan[float32] {
				return graph.Plan[float32]{
					Forward: func(c *graph.Call[float32]) error {
						if broken {
							panic("oh")
						}
						copy(c.Y, c.X[0])
						return nil
					},
					Backward: func(*graph.Call[float32]) error { return nil },
				}
			},
			Float64: func() graph.Plan[float64] { return graph.Plan[float64]{} },
		})
	}
	p := predictorOf(t, model, Options{XShape: []int{2}})
	for _, broken = range []bool{false, true, false} {
		if _, err := p.Answer([]float32{1, 2}); (err != nil) != broken || err != nil && !strings.Contains(err.Error(), "oh") {
			t.Errorf("an op that panics (%v): got %v", broken, err)
		}
	}
}
