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
	About string // one line, for people who choose a network
	Draw  graph.Model
}

// registry lists the networks.
var registry = []Entry{
	{"lenet", "the tutorial's first CNN: 2 convolutions, pooling before ReLU, no batch normalization", LeNet},
	{"lenet-bn", "the tutorial's second CNN: the same with BatchNorm after each convolution", LeNetBN},
	{"mlp", "fully connected 784-300-100-10", MLP},
	{"mlp-bn", "the same with BatchNorm after each hidden layer", MLPBN},
	{"resnet8", "a residual network of 8 layers, for small images", ResNet8},
	{"resnet20", "a residual network of 20 layers, for small images", ResNet20},
	{"mobilenet-small", "depthwise separable convolutions, for small images", MobileNetSmall},
	{"vit-tiny", "a vision transformer: patches of 4×4, 2 layers of 4 heads, 64 numbers per patch", ViTTiny},
	{"gru-row", "an image read row by row: GRU 128 with LayerNorm inside the cell", GRURow},
	{"lstm-row", "the same with an LSTM", LSTMRow},
}

// registering protects the registry.
var registering sync.RWMutex

var validName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// Register adds a network of your own to the registry, so that All lists it and Get finds it. about is one line for
// people who choose a network. It is an error if the name is taken or has other characters than letters, digits, '-',
// '_' and '.', if about is empty or longer than a line, or if draw is nil. The registry then stays as it was.
func Register(name, about string, draw graph.Model) error {
	registering.Lock()
	defer registering.Unlock()
	for _, e := range registry {
		if e.Name == name {
			return fmt.Errorf("models: register: there is a model %q already (%s): want another name", name, e.About)
		}
	}
	switch {
	case !validName.MatchString(name):
		return fmt.Errorf("models: register: name %q: want letters, digits, '-', '_' and '.', "+
			"a letter or a digit first", name)
	case about == "" || strings.Contains(about, "\n"):
		return fmt.Errorf("models: register %s: about is %q: want one line that says what it is", name, about)
	case draw == nil:
		return fmt.Errorf("models: register %s: want a function that draws the network, got nil", name)
	}
	registry = append(registry, Entry{name, about, draw})
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

// Get returns the network of that name, which may be one that WithNorm made. A name that does not exist is an error
// that lists those that do.
func Get(name string) (graph.Model, error) {
	if base, rest, ok := strings.Cut(name, "(norm="); ok && strings.HasSuffix(rest, ")") {
		return withNorm(base, strings.TrimSuffix(rest, ")"))
	}
	for _, e := range All() {
		if e.Name == name {
			return e.Draw, nil
		}
	}
	return nil, fmt.Errorf("models: there is no model %q: want one of %s", name, strings.Join(Names(), ", "))
}
