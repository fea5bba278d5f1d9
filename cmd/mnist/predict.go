package main

import (
	"encoding/json"
	"fmt"
	"os"

	"anneal/deploy/predict"
)

type predictCmd struct {
	weightsFlags
	Picture []string `arg:"" help:"${picture}"`
	Format  string   `enum:"text,csv,json" default:"text" help:"${predict_format}"`
	JSON    bool     `name:"json" hidden:""` // the old name of --format=json
}

func (p *predictCmd) Run(c *console) error {
	network, err := p.predictor()
	if err != nil {
		return err
	}
	images := make([]*predict.Image, len(p.Picture))
	for i, name := range p.Picture {
		if images[i], err = readDigit(name); err != nil {
			return err
		}
	}
	predictions, err := network.Classify(images...)
	if err != nil {
		return err
	}
	if p.JSON {
		c.log(logFlags{}).Warn("--json is now --format=json")
		p.Format = "json"
	}
	switch t := p.table(predictions); p.Format {
	case "csv":
		return t.csv(c.stdout)
	case "text":
		return t.write(c.stdout)
	}
	e := json.NewEncoder(c.stdout)
	for i, name := range p.Picture {
		if err := e.Encode(answer{name, predictions[i].Class, predictions[i].Probabilities}); err != nil {
			return err
		}
	}
	return nil
}

// table returns a row per picture: the digit, and the probability of each class.
func (p *predictCmd) table(predictions []predict.Prediction) *table {
	names := []string{"picture", "digit"}
	for class := range predictions[0].Probabilities {
		names = append(names, fmt.Sprintf("P(%d)", class))
	}
	t := head(0, names...)
	for i, name := range p.Picture {
		row := []string{name, fmt.Sprint(predictions[i].Class)}
		for _, v := range predictions[i].Probabilities {
			row = append(row, fmt.Sprintf("%.4f", v))
		}
		t.add(row...)
	}
	return t
}

// answer is a line of JSON that predict prints.
type answer struct {
	Picture       string    `json:"picture"`
	Digit         int       `json:"digit"`
	Probabilities []float64 `json:"probabilities"`
}

// predictor returns the network that the flags name.
func (w *weightsFlags) predictor() (*predict.Predictor, error) {
	params, about, err := w.load()
	if err != nil {
		return nil, err
	}
	return predict.New(w.Model.draw, params, predict.Options{Shape: about.Shape, Mean: about.Mean, Std: about.Std})
}

func readDigit(name string) (*predict.Image, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	picture, err := predict.Decode(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	image, err := predict.Digit(picture)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return image, nil
}
