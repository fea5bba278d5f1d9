package serve

import (
	"fmt"
	"time"

	"anneal/deploy/predict"
)

// Card is what is known about a network beyond what it takes: what it is made of, how it was trained, how good it is,
// and what it is not for. What is not known is left out.
type Card struct {
	Network    string      `json:"network"`          // its name, such as lenet-bn
	File       string      `json:"file,omitempty"`   // of its weights, without a folder
	SHA256     string      `json:"sha256,omitempty"` // of that file, as it says itself
	Parameters int         `json:"parameters"`       // numbers that training moved
	Layers     []CardLayer `json:"layers,omitempty"` // each after those whose results it takes

	// The mean and the standard deviation by which pixels of 0 to 1 are normalised, one for each channel.
	Mean []float64 `json:"mean,omitempty"`
	Std  []float64 `json:"std,omitempty"`

	Training *Training `json:"training,omitempty"`
	Results  []Result  `json:"results,omitempty"`
	Licence  string    `json:"licence,omitempty"` // what one may do with the network
	Limits   []Limit   `json:"limits,omitempty"`
}

// CardLayer is a layer of the network.
type CardLayer struct {
	Name       string `json:"name,omitempty"`
	Kind       string `json:"kind"`       // with its settings, such as Conv2D 5x5
	Shape      []int  `json:"shape"`      // of its result
	Parameters int    `json:"parameters"` // numbers that training moved
}

// Training says how the network was trained. Texts are those of runs.Record.
type Training struct {
	Date     time.Time `json:"date,omitzero"` // on which it began
	Data     string    `json:"data,omitempty"`
	SHA256   string    `json:"sha256,omitempty"`  // of the training samples
	Samples  int       `json:"samples,omitempty"` // to train on
	Solver   string    `json:"solver"`
	Schedule string    `json:"schedule"`
	Interval string    `json:"interval"` // what the schedule counts
	Epochs   int       `json:"epochs"`
	Batch    int       `json:"batch"` // samples per batch
	Loss     string    `json:"loss"`
	Augment  string    `json:"augment,omitempty"`
	Seed     uint64    `json:"seed"`
}

// Result says how good the network is on samples.
type Result struct {
	Set      string             `json:"set"` // test, or validation: samples by which the epoch was chosen
	Samples  int                `json:"samples"`
	Epoch    int                `json:"epoch"` // after which the network has these weights
	Loss     float64            `json:"loss"`
	Accuracy *float64           `json:"accuracy,omitempty"` // the share of samples whose class is right
	Metrics  map[string]float64 `json:"metrics,omitempty"`
}

// Limit is something that the network is not for.
type Limit struct {
	ID   string `json:"id"` // by which the page finds a translation; it shows Text where it has none
	Text string `json:"text"`
}

// NewCard returns the card of a network of that name, with what p knows. The caller completes it.
func NewCard(name string, p *predict.Predictor) (*Card, error) {
	layers, err := p.Layers()
	if err != nil {
		return nil, fmt.Errorf("serve: %w", err)
	}
	o := p.Options()
	c := &Card{Network: name, Limits: limitsOf(o)}
	if input := o.Input(); input == predict.Digits || input == predict.Pictures {
		c.Mean, c.Std = o.Means, o.Stds
	}
	for _, l := range layers {
		c.Layers = append(c.Layers, CardLayer(l))
		c.Parameters += l.Parameters
	}
	return c, nil
}

// name returns the name of the network, "" without a card.
func (c *Card) name() string {
	if c == nil {
		return ""
	}
	return c.Network
}

// limitTexts are the texts of the Limits, by ID.
var limitTexts = map[string]string{
	"digits": "It takes every picture for one digit, upright and alone, and names a digit whatever is on it.",
	"classes": "It knows these classes alone, and names one of them whatever the sample is. A probability says how sure " +
		"the network is, which is no promise: far from the training samples it is often sure and wrong.",
	"labels":  "It knows these labels alone, and decides on each by itself.",
	"numbers": "Its numbers hold between those of the training samples. Beyond them they are a guess.",
	"alike": "It was measured on samples like those that it was trained on. On others, from another source or time, it " +
		"may do worse.",
}

// limitsOf lists the limits of a network.
func limitsOf(o predict.Options) (list []Limit) {
	var ids []string
	if o.Input() == predict.Digits {
		ids = append(ids, "digits")
	}
	for _, id := range append(ids, string(o.Task), "alike") {
		list = append(list, Limit{id, limitTexts[id]})
	}
	return list
}
