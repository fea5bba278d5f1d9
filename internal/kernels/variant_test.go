package kernels

import (
	"testing"
)

func TestChooseVariant(t *testing.T) {
	for _, c := range []struct {
		name string
		best variant
		want variant
		err  string
	}{
		{"", avx512, avx512, ""},
		{"", generic, generic, ""},
		{"generic", avx512, generic, ""},
		{"avx2", avx512, avx2, ""},
		{"avx512", avx512, avx512, ""},
		{"avx512", avx2, avx2, `ANNEAL_KERNELS: got "avx512", want generic or avx2: this machine and build have no others`},
		{"AVX2", avx2, avx2, `ANNEAL_KERNELS: got "AVX2", want generic or avx2: this machine and build have no others`},
		{"sse", generic, generic, `ANNEAL_KERNELS: got "sse", want generic: this machine and build have no others`},
	} {
		got, err := chooseVariant(c.name, c.best)
		text := ""
		if err != nil {
			text = err.Error()
		}
		if got != c.want || text != c.err {
			t.Errorf("chooseVariant(%q, %v) = %v, %q, want %v, %q", c.name, c.best, got, text, c.want, c.err)
		}
	}
}
