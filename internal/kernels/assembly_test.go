package kernels

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

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
