// Command gen writes the assembly of package kernels, and the Go declarations of its functions: for each family of
// kernels below, <name>_amd64.s and <name>_amd64.go in the directory given with -out.
//
// With -check it writes nothing and exits with 1 if a file there is not what it would write.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
)

// families names the functions that generate each family, one a file.
var families = []struct {
	name     string
	generate func(*build.Context)
}{
	{"outer", outer},
	{"panel", panel},
	{"inner", inner},
	{"correlate", correlate},
	{"rows", rows},
	{"deal", deal},
	{"peak", peak},
	{"affine", affine},
	{"halves", halves},
	{"flat", flat},
	{"sandwich", sandwich},
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
		asm, stubs, err := render(f.generate)
		if err != nil {
			log.Fatalf("%s: %v", f.name, err)
		}
		for ext, text := range map[string][]byte{"s": asm, "go": stubs} {
			path := filepath.Join(*out, fmt.Sprintf("%s_amd64.%s", f.name, ext))
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
func render(generate func(*build.Context)) (asm, stubs []byte, err error) {
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
	cfg := printer.Config{Name: "_gen", Pkg: "kernels"}
	if asm, err = printer.NewGoAsm(cfg).Print(file); err != nil {
		return nil, nil, err
	}
	stubs, err = printer.NewStubs(cfg).Print(file)
	return asm, stubs, err
}
