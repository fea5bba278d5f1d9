package serve

import (
	"errors"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"gorgonia.org/tensor"

	"anneal/deploy/predict"
	"anneal/graph"
)

// classify answers about images of MNIST's shape.
type classify func(images ...[]byte) ([]predict.Prediction, error)

// fakeNetwork is a network of MNIST's shape that classifies as the function does.
type fakeNetwork struct {
	*predict.Predictor
	classify classify
}

// linear is the network that reads the bodies of a fake.
var linear = sync.OnceValue(func() *predict.Predictor {
	model := func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Linear("fc", b.Flatten(x), 10) }
	p, err := predict.New(model, graph.NewParams(0, tensor.Float32), predict.Options{Std: 1})
	if err != nil {
		panic(err)
	}
	return p
})

func fake(c classify) fakeNetwork { return fakeNetwork{linear(), c} }

func (f fakeNetwork) Answer(samples ...[]float32) ([]predict.Prediction, error) {
	images := make([][]byte, len(samples))
	for i, x := range samples {
		for _, v := range x {
			images[i] = append(images[i], byte(math.Round(255*float64(v))))
		}
	}
	return f.classify(images...)
}

// darkest implements classify: the class of an image is its first pixel modulo 10.
func darkest(images ...[]byte) ([]predict.Prediction, error) {
	var predictions []predict.Prediction
	for _, img := range images {
		p := predict.Prediction{Class: int(img[0]) % 10, Probabilities: make([]float64, 10)}
		p.Probabilities[p.Class] = 1
		predictions = append(predictions, p)
	}
	return predictions, nil
}

func failing(...[]byte) ([]predict.Prediction, error) { return nil, errors.New("broken") }

func start(t *testing.T, c classify) *httptest.Server {
	t.Helper()
	s := newService(fake(c))
	server := httptest.NewServer(s)
	t.Cleanup(func() { server.Close(); s.Close() })
	return server
}

// digitAnswer is the answer of a network of digits.
type digitAnswer struct {
	Digit         int       `json:"digit"`
	Probabilities []float64 `json:"probabilities"`
	Pixels        []int     `json:"pixels"`
}

func post(t *testing.T, url, kind, body string) (status int, text string) {
	t.Helper()
	r, err := http.NewRequest("POST", url+"/predict", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	return do(t, r)
}

func do(t *testing.T, r *http.Request) (status int, text string) {
	t.Helper()
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer response.Body.Close()
	b, err := io.ReadAll(response.Body)
	if err != nil {
		t.Error(err)
	}
	return response.StatusCode, string(b)
}
