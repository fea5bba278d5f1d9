// Command pets is a program with every command of anneal for its own models and data.
package main

import "anneal/cmd/mnist/app"

var options = []app.Option{
	app.Model("pets", "a convolution, for pictures of stripes", Pets),
	app.Entry(slope),
	app.Data("stripes", "pictures of 3 channels in 3 classes", stripes),
	app.Source(planes),
	app.DefaultShape(3, 8, 8),
	app.Name("pets"),
}

func main() { app.Main(options...) }
