package kernels

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
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

// TestAssemblyRegisters fails if a function for AVX2 uses registers that only AVX-512 has: neither the generator nor
// Go's assembler would mind.
func TestAssemblyRegisters(t *testing.T) {
	files, err := filepath.Glob("*/*_amd64.s")
	if err != nil {
		t.Fatal(err)
	}
	other := regexp.MustCompile(`\b(Z\d+|[XY](1[6-9]|2\d|3[01])|K[0-7])\b`)
	functions := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range strings.Split(string(text), "\nTEXT ·")[1:] {
			name, _, _ := strings.Cut(f, "(")
			if !strings.HasSuffix(name, "AVX2") {
				continue
			}
			functions++
			if r := other.FindString(f); r != "" {
				t.Errorf("%s: %s uses %s", file, name, r)
			}
		}
	}
	if functions == 0 {
		t.Error("no functions for AVX2 were found")
	}
}
