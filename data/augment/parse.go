package augment

import (
	"errors"
	"slices"

	"anneal/internal/spec"
)

// registry lists the augmentations that have a spec, and what combines them.
func registry() spec.Registry[Compose] { // no variable, since Compose needs it
	return spec.Registry[Compose]{What: "augmentation", Alone: true, Entries: []spec.Entry[Compose]{
		{Name: "none", New: func() ([]spec.Setting, func() Compose) { return nil, func() Compose { return nil } }},
		{Name: "Compose", New: newCompose},
		entry[RandomAffine]("RandomAffine"),
		{Name: "RandomRotation", New: newRotation},
		entry[RandomHorizontalFlip]("RandomHorizontalFlip"),
		entry[RandomVerticalFlip]("RandomVerticalFlip"),
		entry[RandomCrop]("RandomCrop"),
		entry[RandomResizedCrop]("RandomResizedCrop"),
		entry[RandomPerspective]("RandomPerspective"),
		entry[ElasticTransform]("ElasticTransform"),
		entry[ColorJitter]("ColorJitter"),
		entry[RandomGrayscale]("RandomGrayscale"),
		entry[GaussianBlur]("GaussianBlur"),
		entry[RandomErasing]("RandomErasing"),
		entry[GaussianNoise]("GaussianNoise"),
		entry[RandomApply]("RandomApply"),
		entry[RandomChoice]("RandomChoice"),
		entry[RandAugment]("RandAugment"),
		entry[TrivialAugmentWide]("TrivialAugmentWide"),
		entry[MixUp]("MixUp"),
		entry[CutMix]("CutMix"),
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

func newCompose() ([]spec.Setting, func() Compose) {
	var all Compose
	return []spec.Setting{listSetting(&all)}, func() Compose { return all }
}

// listSetting declares a list of augmentations, which are joined.
func listSetting(dest *Compose) spec.Setting {
	return spec.Custom("transforms", func(list spec.Value) error {
		parts, err := readList(list)
		*dest = slices.Concat(parts...)
		return err
	}, func() string { return dest.list() })
}

// readList reads a list of augmentations.
func readList(list spec.Value) ([]Compose, error) {
	if list.Kind != spec.List && list.Kind != spec.Tuple {
		return nil, errors.New("a list of augmentations")
	}
	var all []Compose
	for _, item := range list.Items {
		if item.Kind != spec.Call {
			return nil, errors.New("a list of augmentations")
		}
		if prepares(item) {
			continue
		}
		part, err := registry().Read(item)
		if err != nil {
			return nil, err
		}
		all = append(all, part)
	}
	return all, nil
}

// prepares reports whether a transform of torchvision's does what a data set does already: pixels become numbers that
// are normalised.
func prepares(transform spec.Value) bool {
	return slices.Contains([]string{
		"ToTensor", "PILToTensor", "ToPILImage", "ToImage", "ToDtype", "ConvertImageDtype", "Normalize",
	}, last(transform.Text))
}

// Parse reads augmentations as torchvision spells them: one, such as RandomErasing(p=0.25), or several in a
// Compose([RandomAffine(10), RandomHorizontalFlip()]), or none. In a Compose, ToTensor and Normalize are ignored: the
// pixels of a data set are normalised by its own mean and standard deviation. The error says what is wrong, in which
// column, and what is allowed.
func Parse(text string) (Compose, error) { return registry().Parse(text) }

// Signatures lists the augmentations that Parse reads, each as a call with the keys and the defaults of its settings.
func Signatures() []string { return registry().Signatures() }
