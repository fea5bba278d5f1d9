// Command gen writes the assembly of the packages below kernels, and the Go declarations of its functions: for each
// family of kernels, <name>_amd64.s and <name>_stubs_amd64.go in the family's package. -out names the directory of
// package kernels.
//
// With -check it writes nothing, and exits with 1 if a file there is not what it would write.
package main

import (
	"bytes"
	"cmp"
	"flag"
	"log"
	"os"
	"path/filepath"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
)

// families are the files that are written: the package of each, below kernels, its name and what generates it.
var families = []struct {
	room, name string
	generate   func(*build.Context)
}{
	{"", "peak", peak},
	{"gemm", "nn", nn},
	{"gemm", "nt", nt},
	{"gemm", "panel", panel},
	{"gemm", "transpose", transpose},
	{"conv", "correlate", correlate},
	{"conv", "rows", rows},
	{"conv", "deinterleave", deinterleave},
	{"conv", "transform", transform},
	{"resample", "affine", affine},
	{"norm", "scaleshift", scaleShift},
	{"norm", "rownorm", rowNorm},
	{"pool", "pool2x2", pool2x2},
	{"elementwise", "elementwise", elementwise},
	{"activation", "activation", activation},
	{"activation", "softmax", softmax},
	{"recurrent", "cells", cells},
	{"recurrent", "normrows", normRows},
	{"recurrent", "normcolumns", normColumns},
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("gen: ")
	flags := flag.NewFlagSet("gen", flag.ExitOnError) // package build adds flags of its own to the default set
	out := flags.String("out", "..", "directory of package kernels")
	check := flags.Bool("check", false, "only check that the files there are current")
	flags.Parse(os.Args[1:])
	current := true
	for _, f := range families {
		asm, stubs, err := render(cmp.Or(f.room, "kernels"), f.generate)
		if err != nil {
			log.Fatalf("%s: %v", f.name, err)
		}
		for suffix, text := range map[string][]byte{"_amd64.s": asm, "_stubs_amd64.go": stubs} {
			path := filepath.Join(*out, f.room, f.name+suffix)
			if !*check {
				if err := os.WriteFile(path, text, 0o644); err != nil {
					log.Fatal(err)
				}
				continue
			}
			old, err := os.ReadFile(path)
			if err != nil || !bytes.Equal(old, text) {
				log.Printf("%s is not current: run go generate ./internal/kernels", path)
				current = false
			}
		}
	}
	if !current {
		os.Exit(1)
	}
}

// render returns the assembly and the declarations of a family.
func render(pkg string, generate func(*build.Context)) (asm, stubs []byte, err error) {
	c := build.NewContext()
	c.ConstraintExpr("!noasm")
	generate(c)
	file, err := c.Result()
	if err != nil {
		return nil, nil, err
	}
	if err := pass.Compile.Execute(file); err != nil {
		return nil, nil, err
	}
	cfg := printer.Config{Name: "_gen", Pkg: pkg}
	if asm, err = printer.NewGoAsm(cfg).Print(file); err != nil {
		return nil, nil, err
	}
	stubs, err = printer.NewStubs(cfg).Print(file)
	return asm, stubs, err
}
