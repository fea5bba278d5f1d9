package augment

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"

	"anneal/internal/spec"
)

// RandomApply applies all of its augmentations, or none of them.
type RandomApply struct {
	Of Compose
	P  float64 // the probability, 0 to 1; 0.5 in a spec without it
}

func (a *RandomApply) settings() []spec.Setting {
	return []spec.Setting{listSetting(&a.Of), chance(&a.P, 0.5)}
}

func (a RandomApply) String() string { return spec.Format("RandomApply", a.settings()...) }

func (a RandomApply) Validate() error {
	for _, one := range a.Of {
		if mixes(one) {
			return fmt.Errorf("RandomApply: %v mixes batches: want it outside", one)
		}
	}
	return cmp.Or(a.Of.Validate(), spec.Validate("RandomApply", a.settings()...))
}

func (a RandomApply) fits(f Frame) error { return a.Of.Check(f) }

func (a RandomApply) Apply(dst, src []float32, f Frame, r *rand.Rand) { alone(a, dst, src, f, r) }

func (a RandomApply) draw(c *canvas) {
	if c.random.Float64() < a.P {
		c.apply(a.Of)
	}
}

// RandomChoice applies one of its augmentations. Either all of them or none mix batches.
type RandomChoice struct {
	Of []Compose
	P  []float64 // what they weigh, at least 0, one for each; nil: all the same
}

func (a *RandomChoice) settings() []spec.Setting {
	transforms := spec.Custom("transforms", func(list spec.Value) (err error) {
		a.Of, err = readList(list)
		return err
	}, func() string {
		return Compose(a.parts()).list()
	})
	return []spec.Setting{transforms, spec.Optional("p", &a.P, nil).AtLeast(0).OrNone()}
}

func (a RandomChoice) String() string { return spec.Format("RandomChoice", a.settings()...) }

func (a RandomChoice) Validate() error {
	if len(a.Of) == 0 {
		return errors.New("RandomChoice: transforms has none: want at least one augmentation")
	}
	if len(a.P) > 0 && len(a.P) != len(a.Of) {
		return fmt.Errorf("RandomChoice: p has %d numbers: want %d, one for each augmentation", len(a.P), len(a.Of))
	}
	sum := 0.0
	for _, p := range a.P {
		sum += p
	}
	if len(a.P) > 0 && !(sum > 0) {
		return fmt.Errorf("RandomChoice: p is %v: want a number above 0 among them", a.P)
	}
	for _, one := range a.Of {
		if err := one.Validate(); err != nil {
			return err
		}
		if one.Mixes() != a.Of[0].Mixes() || one.Mixes() && len(one) > 1 {
			return errors.New("RandomChoice: some of its augmentations mix batches: want only single ones that do")
		}
	}
	return spec.Validate("RandomChoice", a.settings()...)
}

func (a RandomChoice) fits(f Frame) error {
	for _, one := range a.Of {
		if err := one.Check(f); err != nil {
			return err
		}
	}
	return nil
}

// parts returns the choices, each as one augmentation.
func (a RandomChoice) parts() Compose {
	var all Compose
	for _, one := range a.Of {
		if len(one) == 1 {
			all = append(all, one[0])
		} else {
			all = append(all, nested{one})
		}
	}
	return all
}

func (a RandomChoice) Apply(dst, src []float32, f Frame, r *rand.Rand) { alone(a, dst, src, f, r) }

func (a RandomChoice) draw(c *canvas) { c.apply(a.Of[a.choose(c.random)]) }

// choose returns which augmentation is applied.
func (a RandomChoice) choose(r *rand.Rand) int {
	if len(a.P) == 0 {
		return r.IntN(len(a.Of))
	}
	sum := 0.0
	for _, p := range a.P {
		sum += p
	}
	at, chosen := r.Float64()*sum, 0
	for i, p := range a.P {
		if p == 0 {
			continue
		}
		if chosen = i; at < p {
			break
		}
		at -= p
	}
	return chosen
}

// nested is a Compose as one of several choices.
type nested struct{ Compose }

func (n nested) Apply(dst, src []float32, f Frame, r *rand.Rand) { alone(n, dst, src, f, r) }

func (n nested) fits(f Frame) error { return n.Check(f) }

func (n nested) draw(c *canvas) { c.apply(n.Compose) }
