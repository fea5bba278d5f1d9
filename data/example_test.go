package data_test

import (
	"context"
	"fmt"
	"strings"

	"anneal/data"
)

func ExampleLoader() {
	set, err := data.NewMemory([3]int{1, 1, 1}, 5, []float32{0, 1, 2, 3, 4}, []int32{0, 1, 2, 3, 4})
	if err != nil {
		fmt.Println(err)
		return
	}
	l, err := data.NewLoader(set, data.Options{Batch: 2, Shuffle: true, Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	for b := range l.Epoch(ctx, 0, 0) {
		fmt.Println("epoch 0 batch", b.Index, b.X, b.Labels)
	}
	for b := range l.Epoch(ctx, 1, 1) { // as after a stop: only the rest
		fmt.Println("epoch 1 batch", b.Index, b.X, b.Labels)
	}
	_, err = data.NewLoader(set, data.Options{Batch: -3})
	fmt.Println(err)
	// Output:
	// epoch 0 batch 0 [1 0] [1 0]
	// epoch 0 batch 1 [2 4] [2 4]
	// epoch 0 batch 2 [3] [3]
	// epoch 1 batch 1 [0 1] [0 1]
	// epoch 1 batch 2 [3] [3]
	// data: batch: got -3, want at least 1
}

func ExampleParseAugment() {
	steps, err := data.ParseAugment("transforms.Compose([RandomAffine(10, scale=(0.9, 1.1)), RandomHorizontalFlip()])")
	fmt.Println(steps, err)
	_, err = data.ParseAugment("RandomAffine(degrees=200)")
	fmt.Println(err)
	_, err = data.ParseAugment("RandomZoomOut()")
	fmt.Printf("%.159s…\n", strings.ReplaceAll(err.Error(), "; ", ";\n"))
	// Output:
	// Compose([RandomAffine(degrees=10.0, scale=(0.9, 1.1)), RandomHorizontalFlip()]) <nil>
	// augmentation "RandomAffine(degrees=200)": column 22: RandomAffine: degrees is 200: want a number from 0 to 180
	// augmentation "RandomZoomOut()": column 1: there is no augmentation "RandomZoomOut";
	// there are none, Compose, RandomAffine, RandomRotation, RandomHorizontalFlip…
}
