package app

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"

	"anneal/data/source"
	"anneal/models"
)

// program is what Options say about the program.
type program struct {
	name        string // in messages, and in the help
	description string
	command     string // as people call it, in a shell
	model       string // the default model
	data        string // the default of --data; "": MNIST
	shape       shapeFlag
}

// standardModel is the default model of a program that adds none.
const standardModel = "lenet-bn"

// newProgram returns the program that the options describe.
func newProgram(options []Option) (*program, error) {
	file := filepath.Base(os.Args[0])
	p := &program{name: strings.TrimSuffix(file, ".exe")}
	for _, o := range options {
		if err := o(p); err != nil {
			return p, err
		}
	}
	p.description = cmp.Or(p.description, "Trains neural networks, compares them and puts them to work.")
	p.command = cmp.Or(p.command, called(os.Args[0], mainPackage()))
	p.model = cmp.Or(p.model, standardModel)
	if _, err := models.Get(p.model); err != nil {
		return p, fmt.Errorf("default model: %w", err)
	}
	if _, err := source.Parse(p.data); err != nil {
		return p, fmt.Errorf("default data: %w", err)
	}
	if p.shape == (shapeFlag{}) {
		p.shape = shapeFlag{1, 28, 28}
	}
	return p, nil
}

// temporary matches the file of a program that go run has built: Go 1.24 and newer keep it in the build cache.
var temporary = regexp.MustCompile(`[/\\]([0-9a-f]{64}-d|go-build[0-9]+[/\\]b[0-9]+[/\\]exe)[/\\][^/\\]+$`)

// called returns the command that starts a program that was called as path, of a main package.
func called(path, pkg string) string {
	switch {
	case !temporary.MatchString(path):
		return quote(path)
	case pkg == "" || pkg == "command-line-arguments": // of go run main.go
		return "go run ."
	}
	return "go run " + quote(pkg) // from any folder of its module
}

// mainPackage returns the import path of the package main of this program.
func mainPackage() string {
	info, _ := debug.ReadBuildInfo()
	if info == nil {
		return ""
	}
	return info.Path
}
