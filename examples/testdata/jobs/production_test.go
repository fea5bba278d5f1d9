package jobs

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"anneal/deploy/export"
	"anneal/deploy/predict"
	"anneal/deploy/serve"
	"anneal/models"
	"anneal/train"
	"anneal/weights"
)

// Job: a network at work, on images of another shape than MNIST's. It is registered, saved and loaded; it predicts,
// is exported and is served.
func TestProduction(t *testing.T) {
	if err := models.Register("residual", "one residual block", residual); err != nil {
		t.Fatal(err)
	}
	model, err := models.Get("residual")
	if err != nil {
		t.Fatal(err)
	}
	test := spots(t, 100, 2)
	r := trained(t, train.Config{Model: model, Train: spots(t, 600, 1), Test: test, Name: "residual"}, 4)
	file := filepath.Join(t.TempDir(), "net.safetensors")
	if err := weights.Save(file, r.Params); err != nil {
		t.Fatal(err)
	}
	params, err := weights.LoadModel(file, model, [3]int{3, 8, 8})
	if err != nil {
		t.Fatal(err)
	}
	p, err := predict.New(model, params, predict.Options{Shape: [3]int{3, 8, 8}, Mean: 0, Std: 1})
	if err != nil {
		t.Fatal(err)
	}
	x, right := make([]float32, 192), 0
	for i := range test.Len() {
		label, err := test.Read(i, x)
		if err != nil {
			t.Fatal(err)
		}
		answers, err := p.Predict(x)
		if err != nil {
			t.Fatal(err)
		}
		if answers[0].Class == int(label) {
			right++
		}
	}
	if last := r.Epochs[3]; right != last.Correct {
		t.Errorf("%d of %d right, and %d in the evaluation", right, test.Len(), last.Correct)
	}
	for _, fold := range []bool{false, true} {
		var onnx bytes.Buffer
		err := export.ONNX(&onnx, model, params, []int{3, 8, 8}, export.Options{Fold: fold})
		if err != nil || onnx.Len() < 4*1000 {
			t.Errorf("folded %v: a file of %d bytes, error %v", fold, onnx.Len(), err)
		}
	}

	body, err := json.Marshal(map[string][]int{"pixels": make([]int, 192)})
	if err != nil {
		t.Fatal(err)
	}
	answer := httptest.NewRecorder()
	serve.New(p).ServeHTTP(answer, httptest.NewRequest(http.MethodPost, "/predict", bytes.NewReader(body)))
	var said struct{ Probabilities []float64 }
	if err := json.Unmarshal(answer.Body.Bytes(), &said); err != nil || len(said.Probabilities) != 6 {
		t.Errorf("status %d: %s", answer.Code, answer.Body)
	}
}
