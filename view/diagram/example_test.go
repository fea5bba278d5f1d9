package diagram_test

import (
	"fmt"

	"anneal/view/diagram"
)

// A diagram made by hand. Of makes the diagram of a model's program.
func Example() {
	d := diagram.Diagram{
		Title: "one layer",
		Layers: []diagram.Layer{
			{Forward: []diagram.Box{{ID: "x", Title: "x", Shape: "64×784", Kind: diagram.Input}}},
			{
				Name:       "fc",
				Parameters: []diagram.Box{{ID: "w", Title: "weight", Shape: "10×784", Kind: diagram.Parameter}},
				Forward:    []diagram.Box{{ID: "y", Title: "Linear fc", Shape: "64×10"}},
			},
		},
		Arrows: []diagram.Arrow{{From: "x", To: "y"}, {From: "w", To: "y"}},
	}
	fmt.Printf("%.15s\n%.4s\n", d.DOT(), d.SVG())
	// Output:
	// digraph network
	// <svg
}
