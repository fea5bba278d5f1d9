package app

import (
	"github.com/sirupsen/logrus"

	"anneal/data"
)

// samplingFlags say how training counts the classes.
type samplingFlags struct {
	Sample       string `enum:",balanced" default:"" placeholder:"balanced" help:"${sample}"`
	ClassWeights string `placeholder:"W" help:"${class_weights}"`
}

// loaderFlags say how training samples are read. No result depends on them, so no record has them.
type loaderFlags struct {
	Workers count `placeholder:"N" help:"${workers}"`
	Ahead   count `placeholder:"N" help:"${ahead}"`
}

// warnAugment logs what makes no sense about an augmentation of the samples of d.
func warnAugment(log logrus.FieldLogger, f augmentFlag, d data.Dataset) {
	for _, warning := range data.Warnings(d, f.Compose) {
		log.Warn(warning)
	}
}
