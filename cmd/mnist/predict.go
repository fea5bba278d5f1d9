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
	JSON    bool     `name:"json" help:"Print a line of JSON for each picture."`
}

func (p *predictCmd) Run(c *console) error {
	network, err := p.predictor()
	if err != nil {
		return err
	}
	images := make([]*predict.Image, len(p.Picture))
	for i, name := range p.Picture {
		if images[i], err = readDigit(name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	predictions, err := network.Classify(images...)
	if err != nil {
		return err
	}
	if p.JSON {
		e := json.NewEncoder(c.stdout)
		for i, name := range p.Picture {
			if err := e.Encode(answer{name, predictions[i].Class, predictions[i].Probabilities}); err != nil {
				return err
			}
		}
		return nil
	}
	t := table{{"picture", "digit"}}
	for class := range predictions[0].Probabilities {
		t[0] = append(t[0], fmt.Sprintf("P(%d)", class))
	}
	for i, name := range p.Picture {
		row := []string{name, fmt.Sprint(predictions[i].Class)}
		for _, v := range predictions[i].Probabilities {
			row = append(row, fmt.Sprintf("%.4f", v))
		}
		t = append(t, row)
	}
	return t.write(c.stdout)
}

// answer is a line that predict prints.
type answer struct {
	Picture       string    `json:"picture"`
	Digit         int       `json:"digit"`
	Probabilities []float64 `json:"probabilities"`
}

// predictor is the network that the flags name.
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
		return nil, err
	}
	return predict.Digit(picture)
}
