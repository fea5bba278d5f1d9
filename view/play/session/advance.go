package session

import (
	"context"
	"fmt"
	"math"
	"time"

	"anneal/data"
	"anneal/graph"
)

// Advance trains until the position, until so many steps are done, until the length of the run or until ctx is done,
// whichever comes first. A loss that is not finite ends it before it moves a weight.
func (s *Session) Advance(ctx context.Context, until float64, steps int) error {
	until = min(until, float64(s.settings.Epochs))
	for steps > 0 && !s.diverged && s.position() < until && !over(ctx) {
		if err := s.setRate(); err != nil {
			return err
		}
		for b, err := range s.loader.Epoch(context.WithoutCancel(ctx), s.epoch, s.batch) {
			if err != nil {
				return fmt.Errorf("session: %w", err)
			}
			if err := s.update(b); err != nil || s.diverged {
				return err
			}
			steps--
			if s.batch == s.loader.Batches() {
				s.endEpoch()
				break
			}
			if steps == 0 || s.position() >= until || over(ctx) {
				return nil
			}
		}
	}
	return nil
}

// over reports whether ctx is done. It looks at the clock, too: under js/wasm the timer behind a deadline waits until
// the program does.
func over(ctx context.Context) bool {
	end, has := ctx.Deadline()
	return ctx.Err() != nil || has && !time.Now().Before(end)
}

// update makes one step of a batch.
func (s *Session) update(b data.Batch) error {
	p, err := s.train.Program(s.settings.Batch)
	if err != nil {
		return fmt.Errorf("session: %w", err)
	}
	if _, err := s.train.Run(b.X, s.sets.labels(b.Labels), s.targets(b)...); err != nil {
		return fmt.Errorf("session: step %d: %w", s.step+1, err)
	}
	loss := p.Loss()
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		s.diverged = true
		return nil
	}
	if err := s.solver.Step(p.Gradients()); err != nil {
		return fmt.Errorf("session: step %d: %w", s.step+1, err)
	}
	s.loss.add(loss)
	s.step++
	s.batch++
	return nil
}

// endEpoch shows the epoch's training loss to the schedule, as a plateau watches it.
func (s *Session) endEpoch() {
	if s.driver.Observe(s.epoch, s.loss.value()) {
		s.newCourse = true
	}
	s.epoch, s.batch, s.loss = s.epoch+1, 0, mean{}
}

// targets returns what a batch has to fit, none if it has classes.
func (s *Session) targets(b data.Batch) []graph.Named {
	s.named = s.named[:0]
	for _, f := range b.Fields {
		s.named = append(s.named, graph.Named{Name: f.Name, Floats: f.Floats})
	}
	return s.named
}

// mean is the mean of numbers.
type mean struct {
	sum float64
	n   int
}

func (m *mean) add(v float64) { m.sum, m.n = m.sum+v, m.n+1 }

func (m mean) value() float64 { return m.sum / float64(m.n) }
