package kernels

import (
	"fmt"
	"os"
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

// active is the variant in use. Only tests change it.
var active = func() variant {
	v, err := chooseVariant(os.Getenv("ANNEAL_KERNELS"), bestVariant())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return v
}()

// chooseVariant returns the variant of a name, or best if there is no name, or with an error if it cannot be had.
func chooseVariant(name string, best variant) (variant, error) {
	if name == "" {
		return best, nil
	}
	for v, known := range variantNames[:best+1] {
		if name == known {
			return variant(v), nil
		}
	}
	return best, fmt.Errorf("ANNEAL_KERNELS=%s: this machine and build have %v; using %v", name, variantNames[:best+1], best)
}

// Variant names the kernels in use: generic, avx2 or avx512.
func Variant() string { return active.String() }
