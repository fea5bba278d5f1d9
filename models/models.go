// Package models has whole networks and a registry of them by name. A network is one function that draws itself. To add
// one, write its function in a new file and add its line to the registry in models.go. Another module adds one of its
// own with Register.
package models

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"anneal/graph"
)

// Entry is a network of the registry.
type Entry struct {
	Name  string
	About string      // one line, for people who choose a network
	Draw  graph.Model // with ten classes, or one value
	// Sized returns the network with so many classes or, if it has a Loss, with so many values as its result; see
	// WithSize. nil: it has the size of Draw alone.
	Sized func(size int) graph.Model
	// Loss is what its training minimises. nil: the cross-entropy of classes. An autoencoder's has the target "x".
	Loss graph.Loss
	// Tokens says that x is [N, T], numbers of tokens below the number of classes, and not images or rows of a table.
	Tokens bool
}

// registry lists the networks.
var registry = []Entry{
	{
		Name: "lenet", Draw: LeNet, Sized: leNet,
		About: "the tutorial's first CNN: 2 convolutions, pooling before ReLU, no batch normalization",
	},
	{
		Name: "lenet-bn", Draw: LeNetBN, Sized: sized("lenet-bn"),
		About: "the tutorial's second CNN: the same with BatchNorm after each convolution",
	},
	{Name: "mlp", About: "fully connected 784-300-100-10", Draw: MLP, Sized: mlp},
	{
		Name: "mlp-bn", Draw: MLPBN, Sized: sized("mlp-bn"),
		About: "the same with BatchNorm after each hidden layer",
	},
	{
		Name: "resnet8", Draw: ResNet8, Sized: sized("resnet8"),
		About: "a residual network of 8 layers, for small images",
	},
	{
		Name: "resnet20", Draw: ResNet20, Sized: sized("resnet20"),
		About: "a residual network of 20 layers, for small images",
	},
	{
		Name: "mobilenet-small", Draw: MobileNetSmall, Sized: sized("mobilenet-small"),
		About: "depthwise separable convolutions, for small images",
	},
	{
		Name: "vit-tiny", Draw: ViTTiny, Sized: vitTiny,
		About: "a vision transformer: patches of 4×4, 2 layers of 4 heads, 64 numbers per patch",
	},
	{
		Name: "gru-row", Draw: GRURow, Sized: sized("gru-row"),
		About: "an image read row by row: GRU 128 with LayerNorm inside the cell",
	},
	{Name: "lstm-row", Draw: LSTMRow, Sized: sized("lstm-row"), About: "the same with an LSTM"},
	{
		Name: "text-gru", Draw: TextGRU, Sized: TextGRUs, Tokens: true,
		About: "a text's next character from those before it: embedding of 64 numbers, GRU 128",
	},
	{
		Name: "autoencoder", Draw: Autoencoder, Loss: graph.Term{Loss: graph.MSE{}, Target: "x"},
		About: "images through a code of 32 numbers; learns to draw its input",
	},
	{
		Name: "mlp-regression", Draw: MLPRegression, Sized: mlpRegression, Loss: graph.MSE{},
		About: "fully connected, two hidden layers of 64; learns numbers, such as a table's prices",
	},
}

// sized returns the Sized of a network of that name which takes a Norm: it has its own one.
func sized(name string) func(size int) graph.Model {
	of := normed[name]
	return func(size int) graph.Model { return of.with(size, of.own) }
}

// registering protects the registry.
var registering sync.RWMutex

var validName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// Register adds a network of your own to the registry, so that All lists it and Get finds it. about is one line for
// people who choose a network. It is an error if the name is taken or has other characters than letters, digits, '-',
// '_' and '.', if about is empty or longer than a line, or if draw is nil. The registry then stays as it was.
func Register(name, about string, draw graph.Model) error {
	return Add(Entry{Name: name, About: about, Draw: draw})
}

// Add is Register of an Entry, for a network that has a size or a loss. If Draw is nil, it is Sized of ten classes, or
// of one value if there is a Loss.
func Add(e Entry) error {
	if e.Draw == nil && e.Sized != nil {
		e.Draw = e.Sized(e.size())
	}
	registering.Lock()
	defer registering.Unlock()
	for _, other := range registry {
		if other.Name == e.Name {
			return fmt.Errorf("models: register: there is a model %q already (%s): want another name", e.Name, other.About)
		}
	}
	switch {
	case !validName.MatchString(e.Name):
		return fmt.Errorf("models: register: name %q: want letters, digits, '-', '_' and '.', "+
			"a letter or a digit first", e.Name)
	case e.About == "" || strings.Contains(e.About, "\n"):
		return fmt.Errorf("models: register %s: about is %q: want one line that says what it is", e.Name, e.About)
	case e.Draw == nil:
		return fmt.Errorf("models: register %s: want a function that draws the network, got nil", e.Name)
	}
	registry = append(registry, e)
	return nil
}

// All returns the networks of the registry, sorted by name.
func All() []Entry {
	registering.RLock()
	defer registering.RUnlock()
	return slices.SortedFunc(slices.Values(registry), func(a, b Entry) int { return strings.Compare(a.Name, b.Name) })
}

// Names returns the names of the networks, sorted.
func Names() []string {
	var names []string
	for _, e := range All() {
		names = append(names, e.Name)
	}
	return names
}

// Get returns the network of that name, which may be one that WithNorm or WithSize made. A name that does not exist is
// an error that lists those that do.
func Get(name string) (graph.Model, error) {
	v, err := parse(name)
	if err != nil {
		return nil, err
	}
	return v.model()
}

// Find returns the entry of the network of that name, whatever settings the name has. The error is Get's.
func Find(name string) (Entry, error) {
	v, err := parse(name)
	return v.entry, err
}

// LossOf returns what the network of that name minimises, nil for the cross-entropy of classes. The error is Get's.
func LossOf(name string) (graph.Loss, error) {
	v, err := parse(name)
	return v.entry.Loss, err
}
