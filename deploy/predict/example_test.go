package predict_test

import (
	"fmt"
	"log"
	"os"

	"anneal/deploy/predict"
	"anneal/models"
)

// Loads a network from a file and asks it what digit is on a picture.
func Example() {
	network, err := predict.Load("testdata/lenet-bn.safetensors", models.LeNetBN)
	if err != nil {
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
	pixels, err := network.Pixels(picture)
	if err != nil {
		log.Fatal(err)
	}
	predictions, err := network.ClassifyPixels(pixels)
	if err != nil {
		log.Fatal(err)
	}
	best := predictions[0]
	fmt.Printf("%s, %.1f%%\n", best.Name, 100*best.Probabilities[best.Class])
	// Output: 7, 100.0%
}
