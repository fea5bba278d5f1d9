package serve_test

import (
	"fmt"
	"log"
	"net/http/httptest"
	"os"

	"gorgonia.org/tensor"

	"anneal/deploy/predict"
	"anneal/deploy/serve"
	"anneal/graph"
	"anneal/models"
	"anneal/weights"
)

// A Service is an http.Handler. It answers a picture with the digit on it.
func Example() {
	params := graph.NewParams(0, tensor.Float32)
	network, err := predict.New(models.LeNetBN, params, predict.Options{})
	if err != nil {
		log.Fatal(err)
	}
	if err := weights.Load("../predict/testdata/lenet-bn.safetensors", params); err != nil {
		log.Fatal(err)
	}
	service := serve.New(network)
	defer service.Close()

	picture, err := os.Open("../predict/testdata/digit.png")
	if err != nil {
		log.Fatal(err)
	}
	defer picture.Close()
	r := httptest.NewRequest("POST", "/predict", picture)
	r.Header.Set("Content-Type", "image/png")
	w := httptest.NewRecorder()
	service.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Body.String()[:10])
	// Output: 200 {"digit":7
}
