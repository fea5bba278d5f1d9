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

// A service listens while its network is loaded. Its card says how good the network is.
func ExampleService_Open() {
	service := serve.Waiting()
	defer service.Close()
	params := graph.NewParams(0, tensor.Float32)
	network, err := predict.New(models.LeNetBN, params, predict.Options{})
	if err != nil {
		log.Fatal(err)
	}
	card, err := serve.NewCard("lenet-bn", network)
	if err != nil {
		log.Fatal(err)
	}
	card.Results = []serve.Result{{Set: "test", Samples: 10_000, Epoch: 10, Loss: 0.03}}
	if err := service.Open(serve.Network{Predictor: network, Card: card}); err != nil {
		log.Fatal(err)
	}
	w := httptest.NewRecorder()
	service.ServeHTTP(w, httptest.NewRequest("GET", "/readyz", nil))
	fmt.Print(card.Parameters, " parameters: ", w.Body)
	// Output: 21900 parameters: {"status":"ready"}
}

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
