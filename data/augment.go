package data

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"strconv"
	"strings"

	"anneal/internal/spec"
	"anneal/internal/stream"
)

// Augmentation changes a training image at random.
type Augmentation interface {
	// Apply writes all of dst, made from src; both are [C, H, W]. All that is random comes from r.
	Apply(dst, src []float32, f Frame, r *rand.Rand)
	// Validate says which setting has a value that is not allowed.
	Validate() error
	// String is the spec that ParseAugment reads back to the same settings.
	String() string
}

// Frame is what an Augmentation knows of an image.
type Frame struct {
	C, H, W    int
	Background float32 // the value of an empty pixel
}

// Compose is augmentations to be applied one after the other.
type Compose []Augmentation

func (c Compose) String() string {
	switch len(c) {
	case 0:
		return "none"
	case 1:
		return c[0].String()
	}
	texts := make([]string, len(c))
	for i, a := range c {
		texts[i] = a.String()
	}
	return "Compose([" + strings.Join(texts, ", ") + "])"
}

// ParseAugment reads augmentations as torchvision spells them: one, as RandomErasing(p=0.25), or several in a
// Compose([RandomAffine(10), RandomHorizontalFlip()]), or none. The error tells the column and what is right there.
func ParseAugment(text string) (Compose, error) {
	call, err := spec.Parse(text)
	if err != nil {
		return nil, err
	}
	return parseAugment(call)
}

func parseAugment(call spec.Value) (Compose, error) {
	name, err := spec.Name(call, "augmentation", []string{"none", "Compose", "RandomAffine", "RandomHorizontalFlip", "RandomErasing", "GaussianNoise"})
	if err != nil {
		return nil, err
	}
	switch name {
	case "RandomAffine":
		return bind[RandomAffine](call)
	case "RandomHorizontalFlip":
		return bind[RandomHorizontalFlip](call)
	case "RandomErasing":
		return bind[RandomErasing](call)
	case "GaussianNoise":
		return bind[GaussianNoise](call)
	case "none":
		return nil, spec.Bind(call)
	}
	var all Compose
	err = spec.Bind(call, spec.Custom("transforms", func(list spec.Value) error {
		if list.Kind != spec.List {
			return errors.New("a list of augmentations")
		}
		for _, item := range list.Items {
			if item.Kind != spec.Call {
				return errors.New("a list of augmentations")
			}
			part, err := parseAugment(item)
			if err != nil {
				return err
			}
			all = append(all, part...)
		}
		return nil
	}, nil))
	return all, err
}

func bind[A Augmentation, P interface {
	*A
	settings() []spec.Param
}](call spec.Value) (Compose, error) {
	var a A
	if err := spec.Bind(call, P(&a).settings()...); err != nil {
		return nil, err
	}
	if err := a.Validate(); err != nil {
		return nil, spec.Errorf(call.Col, "%v", err)
	}
	return Compose{a}, nil
}

// augmenter applies augmentations with numbers drawn for (seed, epoch, sample), whatever the order of the samples.
type augmenter struct {
	steps   Compose
	frame   Frame
	scratch []float32
	key     [32]byte // 24 bytes of the epoch, 8 of the sample's number
	source  *rand.ChaCha8
	random  *rand.Rand
}

func newAugmenter(steps Compose, f Frame) *augmenter {
	source := rand.NewChaCha8([32]byte{})
	return &augmenter{steps: steps, frame: f, scratch: make([]float32, f.C*f.H*f.W), source: source, random: rand.New(source)}
}

func (a *augmenter) start(seed uint64, epoch int) {
	r := stream.New(seed, "augment", strconv.Itoa(epoch))
	for i := 0; i < 24; i += 8 {
		binary.LittleEndian.PutUint64(a.key[i:], r.Uint64())
	}
}

func (a *augmenter) apply(x []float32, sample int) {
	binary.LittleEndian.PutUint64(a.key[24:], uint64(sample))
	a.source.Seed(a.key)
	for _, step := range a.steps {
		copy(a.scratch, x)
		step.Apply(x, a.scratch, a.frame, a.random)
	}
}
