package app_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"

	"anneal/cmd/mnist/app"
	"anneal/data"
	"anneal/graph"
)

// Quadrants is a network of two layers.
func Quadrants(b *graph.Builder, x *graph.Node) *graph.Node {
	return b.Linear("fc2", b.ReLU(b.Linear("fc1", x, 8)), 2)
}

// quadrants are points in a plane, in two classes.
func quadrants(context.Context) (*data.Sets, error) {
	var points []float32
	var classes []int32
	for i := range 100 {
		x, y := i%10-5, i/10-5
		points = append(points, float32(x), float32(y))
		classes = append(classes, int32((x>>8^y>>8)&1))
	}
	set, err := data.NewTensors(data.Floats("x", points, 2), data.Ints("labels", classes))
	return &data.Sets{Train: set}, err
}

// The whole of a program with every command for a network and a data set of its own.
func ExampleMain() {
	app.Main(
		app.Model("quadrants", "two layers, for points in a plane", Quadrants),
		app.Data("points", "a grid of points in two classes", quadrants),
	)
}

// A test gives the program a command line.
func ExampleRun() {
	var stdout, stderr bytes.Buffer
	options := []app.Option{
		app.Name("quadrants"),
		app.Model("quadrants", "two layers, for points in a plane", Quadrants),
		app.Data("points", "a grid of points in two classes", quadrants),
	}
	code := app.Run(context.Background(), []string{"data"}, &stdout, &stderr, options...)
	fmt.Println("exit code", code)
	fmt.Println(strings.Contains(stdout.String(), "all                    80       20\n")) // training, test
	code = app.Run(context.Background(), strings.Fields("train --epochs many"), os.Stdout, os.Stdout, options...)
	fmt.Println("exit code", code)
	// Output:
	// exit code 0
	// true
	// quadrants: --epochs: got "many", want a whole number of at least 1 (see quadrants train --help)
	// exit code 2
}
