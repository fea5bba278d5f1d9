package kernels

import (
	"fmt"
	"os"
	"strings"
)

// variant is a set of float32 kernels. Each holds all that come before it.
type variant int

const (
	generic variant = iota // plain Go
	avx2                   // AVX2 and FMA
	avx512                 // AVX-512 F, DQ, VL and BW
)

var variantNames = [...]string{"generic", "avx2", "avx512"}

func (v variant) String() string { return variantNames[v] }

// active is the variant in use. Only EachVariant changes it. errChoice is what is wrong with the environment's choice.
var active, errChoice = chooseVariant(os.Getenv("ANNEAL_KERNELS"), bestVariant())

// Choice returns an error if the environment variable ANNEAL_KERNELS asks for kernels that this machine or build does
// not have. The best ones are then in use.
func Choice() error { return errChoice }

// chooseVariant returns the variant with this name, or best if name is "". If there is none, it returns best and an
// error.
func chooseVariant(name string, best variant) (variant, error) {
	if name == "" {
		return best, nil
	}
	there := variantNames[:best+1]
	for v, known := range there {
		if name == known {
			return variant(v), nil
		}
	}
	return best, fmt.Errorf("ANNEAL_KERNELS: got %q, want %s: this machine and build have no others",
		name, strings.Join(there, " or "))
}

// EachVariant runs f once with each set of kernels that this machine and build have, plain Go first. It is for tests,
// and not safe while other goroutines compute.
func EachVariant(f func()) {
	defer func(v variant) { active = v }(active)
	for active = generic; active <= bestVariant(); active++ {
		f()
	}
}

// Variant names the kernels in use: generic, avx2 or avx512.
func Variant() string { return active.String() }
