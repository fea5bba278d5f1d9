package data

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"anneal/internal/spec"
	"anneal/internal/stream"
)

// Augmentation changes a training image at random.
type Augmentation interface {
	// Apply writes the changed src to all of dst; both are [C, H, W]. All randomness comes from r.
	Apply(dst, src []float32, f Frame, r *rand.Rand)
	// Validate returns an error that names a setting whose value is not allowed, and what is allowed.
	Validate() error
	// String returns a spec that ParseAugment reads back to the same settings.
	String() string
}

// Frame is what an Augmentation knows of an image.
type Frame struct {
	C, H, W    int
	Background float32 // the value of an empty pixel
}

// Compose is a list of augmentations that are applied one after the other.
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

// registry lists the augmentations that have a spec, and what combines them.
func registry() spec.Registry[Compose] { // no variable, since Compose needs it
	return spec.Registry[Compose]{What: "augmentation", Alone: true, Entries: []spec.Entry[Compose]{
		{Name: "none", New: func() ([]spec.Setting, func() Compose) { return nil, func() Compose { return nil } }},
		{Name: "Compose", New: newCompose},
		entry[RandomAffine]("RandomAffine"),
		{Name: "RandomRotation", New: newRotation},
		entry[RandomHorizontalFlip]("RandomHorizontalFlip"),
		entry[RandomErasing]("RandomErasing"),
		entry[GaussianNoise]("GaussianNoise"),
	}}
}

func entry[A Augmentation, P interface {
	*A
	settings() []spec.Setting
}](name string) spec.Entry[Compose] {
	return spec.Entry[Compose]{Name: name, New: func() ([]spec.Setting, func() Compose) {
		a := new(A)
		return P(a).settings(), func() Compose { return Compose{*a} }
	}}
}

// newRotation declares torchvision's RandomRotation, which is a RandomAffine that only turns.
func newRotation() ([]spec.Setting, func() Compose) {
	a := RandomAffine{Scale: [2]float64{1, 1}}
	return a.settings()[:1], func() Compose { return Compose{a} }
}

func newCompose() ([]spec.Setting, func() Compose) {
	var all Compose
	transforms := spec.Custom("transforms", func(list spec.Value) error {
		if list.Kind != spec.List && list.Kind != spec.Tuple {
			return errors.New("a list of augmentations")
		}
		for _, item := range list.Items {
			if item.Kind != spec.Call {
				return errors.New("a list of augmentations")
			}
			if prepares(item) {
				continue
			}
			part, err := registry().Read(item)
			if err != nil {
				return err
			}
			all = append(all, part...)
		}
		return nil
	}, nil)
	return []spec.Setting{transforms}, func() Compose { return all }
}

// prepares reports whether a transform of torchvision's does what a Dataset does already: pixels become numbers that
// are normalised.
func prepares(transform spec.Value) bool {
	name := transform.Text[strings.LastIndexByte(transform.Text, '.')+1:]
	return slices.Contains([]string{
		"ToTensor", "PILToTensor", "ToPILImage", "ToImage", "ToDtype", "ConvertImageDtype", "Normalize",
	}, name)
}

// ParseAugment reads augmentations as torchvision spells them: one, such as RandomErasing(p=0.25), or several in a
// Compose([RandomAffine(10), RandomHorizontalFlip()]), or none. In a Compose, ToTensor and Normalize are ignored: the
// pixels of a Dataset are normalised by its own mean and standard deviation. The error says what is wrong, in which
// column, and what is allowed.
func ParseAugment(text string) (Compose, error) { return registry().Parse(text) }

// augmenter applies augmentations with random numbers that depend only on the seed, the epoch and the sample.
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
	return &augmenter{
		steps: steps, frame: f, scratch: make([]float32, f.C*f.H*f.W), source: source, random: rand.New(source),
	}
}

func (a *augmenter) start(seed uint64, epoch int) {
	r := stream.New(seed, "augment", strconv.Itoa(epoch))
	for i := 0; i < 24; i += 8 {
		binary.LittleEndian.PutUint64(a.key[i:], r.Uint64())
	}
}

func (a *augmenter) apply(x []float32, sample int) (err error) {
	defer guard(sample, &err)
	binary.LittleEndian.PutUint64(a.key[24:], uint64(sample))
	a.source.Seed(a.key)
	for _, step := range a.steps {
		copy(a.scratch, x)
		step.Apply(x, a.scratch, a.frame, a.random)
	}
	return nil
}
