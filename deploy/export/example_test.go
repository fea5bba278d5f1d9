package export_test

import (
	"bytes"
	"fmt"

	"gorgonia.org/tensor"

	"anneal/deploy/export"
	"anneal/graph"
	"anneal/models"
)

func ExampleONNX() {
	params := graph.NewParams(1, tensor.Float32) // a trained model's, as a rule
	for _, fold := range []bool{false, true} {
		var file bytes.Buffer
		err := export.ONNX(&file, models.LeNetBN, params, []int{1, 28, 28}, export.Options{
			Fold: fold,
			Name: "lenet-bn",
			Doc:  "Pixels of 0 to 1, less 0.1307, divided by 0.3081.",
		})
		fmt.Println("folded:", fold, "bytes:", file.Len(), "error:", err)
	}
	// Output:
	// folded: false bytes: 89923 error: <nil>
	// folded: true bytes: 88845 error: <nil>
}
