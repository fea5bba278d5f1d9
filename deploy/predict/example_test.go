package predict_test

import (
	"fmt"
	"log"
	"os"

	"gorgonia.org/tensor"

	"anneal/deploy/predict"
	"anneal/graph"
	"anneal/models"
	"anneal/weights"
)

// Loads a network from a file and asks it what digit is on a picture.
func Example() {
	params := graph.NewParams(0, tensor.Float32)
	network, err := predict.New(models.LeNetBN, params, predict.Options{})
	if err != nil {
		log.Fatal(err)
	}
	if err := weights.Load("testdata/lenet-bn.safetensors", params); err != nil {
		log.Fatal(err)
	}

	file, err := os.Open("testdata/digit.png")
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	picture, err := predict.Decode(file)
	if err != nil {
		log.Fatal(err)
	}
	digit, err := predict.Digit(picture)
	if err != nil {
		log.Fatal(err)
	}
	predictions, err := network.Classify(digit)
	if err != nil {
		log.Fatal(err)
	}
	best := predictions[0]
	fmt.Printf("%d, %.1f%%\n", best.Class, 100*best.Probabilities[best.Class])
	// Output: 7, 100.0%
}
