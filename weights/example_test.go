package weights_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/weights"
)

// A network's weights are saved and loaded again, and the file says what is in it.
func Example() {
	model := func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Linear("fc", b.Flatten(x), 2) }
	params := graph.NewParams(1, tensor.Float32)
	if _, err := graph.Compile(model, params, graph.Config{Mode: graph.Eval, Shape: []int{1, 1, 2, 2}}); err != nil {
		log.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "example-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "fc.safetensors")
	if err := weights.Save(path, params); err != nil {
		log.Fatal(err)
	}

	loaded, err := weights.LoadModel(path, model, [3]int{1, 2, 2})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(loaded.Lookup("fc.bias").Value().Eq(params.Lookup("fc.bias").Value()))
	file, err := weights.Inspect(path)
	if err != nil {
		log.Fatal(err)
	}
	for _, t := range file.Tensors {
		fmt.Println(t.Name, t.Type, t.Shape)
	}
	// Output:
	// true
	// fc.weight F32 [2 4]
	// fc.bias F32 [2]
}
