package train

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"anneal/data"
	"anneal/graph"
	"anneal/internal/plural"
	"anneal/runs"
)

// takeFraction leaves TrainFraction of the training samples.
func (c *Config) takeFraction() (err error) {
	if c.FractionOf = 0; c.TrainFraction == 0 {
		return nil
	}
	c.FractionOf = c.Train.Len()
	if c.Train, err = data.Fraction(c.Train, c.TrainFraction, c.ValidSeed); err != nil {
		return fmt.Errorf("train: %w", err)
	}
	return nil
}

// sampleWeights returns the weights of the training samples that Sample asks for, or nil.
func (c *Config) sampleWeights() ([]float64, error) { return SampleWeights(c.Train, c.Sample) }

// SampleWeights returns the weights with which a data.Loader draws the samples of set, as Settings.Sample says; nil for
// every sample once.
func SampleWeights(set data.Dataset, sample string) ([]float64, error) {
	switch sample {
	case "":
		return nil, nil
	case runs.Balanced:
		weights, err := data.BalancedWeights(set)
		if err != nil {
			return nil, fmt.Errorf("train: sample: %w", err)
		}
		return weights, nil
	}
	return nil, fmt.Errorf("train: sample: got %q, want %q", sample, runs.Balanced)
}

// trainingLoss returns the loss that training minimises: Loss, or the cross-entropy with ClassWeights; nil for plain
// cross-entropy. smoothing is for what nil stands for.
func (c *Config) trainingLoss() (loss graph.Loss, smoothing float64, err error) {
	if c.ClassWeights == "" {
		return c.Loss, c.LabelSmoothing, nil
	}
	if c.Loss != nil {
		return nil, 0, fmt.Errorf("train: class weights: got %q beside the loss %s: want them in the loss",
			c.ClassWeights, c.Loss)
	}
	if c.Augment.Mixes() {
		return nil, 0, fmt.Errorf("train: class weights: got %q, and %v mixes classes: want one of them",
			c.ClassWeights, c.Augment)
	}
	weights, err := ClassWeights(c.Train, c.ClassWeights)
	if err != nil {
		return nil, 0, err
	}
	return graph.CrossEntropy{Weights: weights, LabelSmoothing: c.LabelSmoothing}, 0, nil
}

// ClassWeights returns the weights of the classes of set in the training loss, as Settings.ClassWeights says; nil for
// none.
func ClassWeights(set data.Dataset, spec string) ([]float64, error) {
	switch spec {
	case "":
		return nil, nil
	case runs.Balanced:
		weights, err := data.ClassWeights(set)
		if err != nil {
			return nil, fmt.Errorf("train: %w", err)
		}
		return weights, nil
	}
	parts, classes := strings.Split(spec, ","), set.Classes()
	if len(parts) != classes {
		return nil, fmt.Errorf("train: class weights: got %s, want %d, one per class, or %q",
			plural.Of(len(parts), "number"), classes, runs.Balanced)
	}
	weights, sum := make([]float64, classes), 0.0
	for i, text := range parts {
		w, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		if err != nil || !(w >= 0) || math.IsInf(w, 0) {
			return nil, fmt.Errorf("train: class weights: got %q for class %d, want a number of at least 0", text, i)
		}
		weights[i] = w
		sum += w
	}
	if sum == 0 {
		return nil, fmt.Errorf("train: class weights: got %q, want one above 0", spec)
	}
	return weights, nil
}
