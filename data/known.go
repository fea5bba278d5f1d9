package data

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"slices"
	"strings"
)

// known lists the data sets that Load recognises.
var known = []struct {
	name    string
	digits  bool
	classes []string
	first   [2]string // SHA-256 of the first hundred images, then their labels, as bytes: training set, test set
	whole   [2]string // the same of all
}{
	{
		"MNIST", true, strings.Fields("0 1 2 3 4 5 6 7 8 9"),
		[2]string{
			"907a52d0a5e9cf79f982890cd30e101952b8ca74cee73b97f1039e28833ee5ca",
			"dae2c7c2e82e373d9d4fd211c443155a42fc27bd88899fb71eeaff1a03b8783b",
		},
		[2]string{
			"edc0d1098aa497be14ace79ddd5171e5a3dcf9c4d196c015389203eb3ba1f59b",
			"c3f9adf9c66efb572b1f9326c3a511b45910c7173b97be66ceceeeeaef6b802b",
		},
	},
	{
		"Fashion-MNIST", false,
		[]string{
			"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
		},
		[2]string{
			"8524b01cc72221f06cf6c6290bf7550c452f04b73cebcfe8d4c76f04d51418ad",
			"4d925659e0dd3ab226ccdb05dd05e22f33b4c7d0fabc6acd42b6445f49e95637",
		},
		[2]string{
			"16d82e2b505296aa2b78bd5ea0992634f30419a4c97def7c907d154a35ac6157",
			"9f1ec356a747bfe4ebab3cfb722d3694c9ca737e2570f6f90cf31d7b6fd689d4",
		},
	},
}

// digitFolders are the names of folders whose images are taken for digits.
var digitFolders = []string{"mnist", "qmnist", "emnist-digits"}

// describe completes the facts of a pair of sets in a folder: the name of each, and what their classes are called. A
// set whose first hundred images are those of a known one is named after it.
func describe(folder string, sets [2]*Images) {
	base := filepath.Base(folder)
	if full, err := filepath.Abs(folder); err == nil {
		base = filepath.Base(full)
	}
	var all Facts
	for part, d := range sets {
		d.facts.Name = base
		for _, k := range known {
			if d.checksum(100) != k.first[part] {
				continue
			}
			d.facts.Name = k.name
			if d.checksum(len(d.labels)) != k.whole[part] {
				d.facts.Name = "a variant of " + k.name
			}
			all.ClassNames, all.Digits = k.classes, k.digits
		}
	}
	grey := sets[0].shape == [3]int{1, 28, 28} && sets[0].classes <= 10
	all.Digits = all.Digits || grey && slices.Contains(digitFolders, strings.ToLower(base))
	for _, d := range sets {
		d.facts.ClassNames, d.facts.Digits = all.ClassNames, all.Digits
	}
}

// checksum returns the SHA-256 of the first n images, then of their labels as bytes. It is "" if there are fewer
// images, or if a label is no byte.
func (d *Images) checksum(n int) string {
	if len(d.labels) < n {
		return ""
	}
	sum, labels := sha256.New(), make([]byte, n)
	for i, label := range d.labels[:n] {
		if label > 255 {
			return ""
		}
		labels[i] = byte(label)
	}
	sum.Write(d.pixels[:n*len(d.pixels)/len(d.labels)])
	sum.Write(labels)
	return hex.EncodeToString(sum.Sum(nil))
}
