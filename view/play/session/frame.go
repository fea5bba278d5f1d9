package session

import (
	"fmt"
	"math"

	"anneal/graph"
	"anneal/metrics"
	"anneal/schedules"
)

// Frame is what a session looks like.
type Frame struct {
	Step     int     `json:"step"`
	Epoch    float64 `json:"epoch"` // the position
	Batches  int     `json:"batches"`
	Weights  int     `json:"weights"` // numbers that are trained
	Rate     float64 `json:"rate"`    // of the next step, or of the last if the run has ended
	Diverged bool    `json:"diverged"`
	Ended    bool    `json:"ended"` // the run has its length

	Train Score `json:"train"`
	Test  Score `json:"test"`

	// Course is the rate of each of the run's epochs. Only a frame after a change has it.
	Course []float64 `json:"course,omitempty"`
	// Samples are the points. Only the first frame after a start has them.
	Samples *Samples `json:"samples,omitempty"`

	// Boundary is 255 times the probability of class 1, [Side, Side], the top row of the picture first.
	Side     int    `json:"side,omitempty"`
	Boundary []byte `json:"boundary,omitempty"`
	// Curve is what the network says of numbers from −π to π, for the sine.
	Curve []float64 `json:"curve,omitempty"`
	// Confusion counts test images by their class and by what the network says, for digits.
	Confusion [][]int `json:"confusion,omitempty"`

	Layers []Layer `json:"layers"`
}

// Score is how well the network does on a part. A loss that JSON does not know is null.
type Score struct {
	Loss     *float64 `json:"loss"`
	Accuracy *float64 `json:"accuracy"` // nil without classes
}

// courseSize is how many rates a course has at most. Those of a longer run are evenly spread.
const courseSize = 2000

// Frame looks at the network.
func (s *Session) Frame() (*Frame, error) {
	f := &Frame{
		Step: s.step, Epoch: s.position(), Batches: s.loader.Batches(), Rate: s.rate(), Diverged: s.diverged,
		Ended: s.epoch >= s.settings.Epochs,
	}
	for _, p := range s.params.Trainable() {
		f.Weights += p.Value().DataSize()
	}
	if s.newCourse {
		course, err := s.course()
		if err != nil {
			return nil, err
		}
		f.Course, s.newCourse = course, false
	}
	if s.newSamples {
		f.Samples, s.newSamples = s.sets.picture(s.settings.Data), false
	}
	for _, look := range []func(*Frame) error{s.score, s.picture, s.layers} {
		if err := look(f); err != nil {
			return nil, fmt.Errorf("session: %w", err)
		}
	}
	return f, nil
}

// course returns the rates of the run's epochs, as if a plateau lowered no other.
func (s *Session) course() ([]float64, error) {
	schedule, err := schedules.Parse(s.settings.Schedule)
	if err != nil {
		return nil, fmt.Errorf("session: %w", err)
	}
	driver, err := schedules.NewDriver(schedules.Fit(schedule, s.settings.Epochs), []float64{s.settings.Rate})
	if err == nil {
		err = driver.Restore(s.driver.State())
	}
	if err != nil {
		return nil, fmt.Errorf("session: %w", err)
	}
	n := min(s.settings.Epochs, courseSize)
	rates := make([]float64, n)
	for i := range rates {
		rates[i] = driver.Rates(i * s.settings.Epochs / n)[0]
	}
	return rates, nil
}

// score evaluates the network on both parts.
func (s *Session) score(f *Frame) error {
	for _, c := range []struct {
		part  part
		score *Score
	}{{s.sets.train, &f.Train}, {s.sets.test, &f.Test}} {
		p, err := s.look.Run(c.part.x, c.part.labels, named(&c.part)...)
		if err != nil {
			return err
		}
		if loss := p.Loss(); !math.IsNaN(loss) && !math.IsInf(loss, 0) {
			c.score.Loss = &loss
		}
		if s.sets.classes == 0 {
			continue
		}
		right, k, logits := 0, s.sets.classes, graph.Float64s(p.Logits())
		confusion := make([][]int, k)
		for i := range confusion {
			confusion[i] = make([]int, k)
		}
		for i, label := range c.part.labels {
			said := metrics.Argmax(logits[i*k : (i+1)*k])
			confusion[label][said]++
			if said == int(label) {
				right++
			}
		}
		accuracy := float64(right) / float64(len(c.part.labels))
		c.score.Accuracy = &accuracy
		if k == 10 {
			f.Confusion = confusion // in the end that of the test
		}
	}
	return nil
}
