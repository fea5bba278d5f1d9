package data

import (
	"encoding/binary"
	"math/rand/v2"
	"strconv"

	"anneal/data/augment"
	"anneal/internal/stream"
)

// What package augment has, under the names that this package had for it before.
type (
	Augmentation         = augment.Augmentation
	Frame                = augment.Frame
	Compose              = augment.Compose
	RandomAffine         = augment.RandomAffine
	RandomHorizontalFlip = augment.RandomHorizontalFlip
	RandomErasing        = augment.RandomErasing
	GaussianNoise        = augment.GaussianNoise
)

// ParseAugment reads augmentations as torchvision spells them: see augment.Parse.
func ParseAugment(text string) (Compose, error) { return augment.Parse(text) }

// AugmentSignatures lists what ParseAugment reads: see augment.Signatures.
func AugmentSignatures() []string { return augment.Signatures() }

// FrameOf returns what augmentations know of the images of d.
func FrameOf(d Dataset) Frame {
	shape, facts := d.Shape(), FactsOf(d)
	return Frame{
		C: shape[0], H: shape[1], W: shape[2], Background: background(d), Backgrounds: backgrounds(d),
		Mean: facts.Mean, Std: facts.Std,
	}
}

// augmenter applies augmentations with random numbers that depend only on the seed, the epoch and the sample.
type augmenter struct {
	worker *augment.Worker
	key    [32]byte // 24 bytes of the epoch, 8 of the draw: the sample's number, if each comes once
	source *rand.ChaCha8
	random *rand.Rand
}

func newAugmenter(steps Compose, f Frame) *augmenter {
	source := rand.NewChaCha8([32]byte{})
	return &augmenter{worker: augment.NewWorker(steps, f), source: source, random: rand.New(source)}
}

func (a *augmenter) start(seed uint64, epoch int) { a.startNamed("augment", seed, epoch) }

// startNamed begins an epoch of a stream of that name.
func (a *augmenter) startNamed(name string, seed uint64, epoch int) {
	r := stream.New(seed, name, strconv.Itoa(epoch))
	for i := 0; i < 24; i += 8 {
		binary.LittleEndian.PutUint64(a.key[i:], r.Uint64())
	}
}

// apply augments a sample, with the random numbers of draw.
func (a *augmenter) apply(x []float32, sample, draw int) (err error) {
	defer guard(sample, &err)
	a.seed(draw)
	a.worker.Apply(x, a.random)
	return nil
}

// seed begins the random numbers of a sample, or of a batch.
func (a *augmenter) seed(number int) {
	binary.LittleEndian.PutUint64(a.key[24:], uint64(number))
	a.source.Seed(a.key)
}
