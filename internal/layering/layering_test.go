// Package layering holds the test that keeps imports flowing one way. docs/architecture.md explains its table.
package layering

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// allowed lists, for each package, the packages of ours that it may import, tests aside.
var allowed = map[string][]string{
	"internal/answer":              {},
	"internal/atomicfile":          {},
	"internal/browsertest":         {},
	"view/charts":                  {},
	"internal/folderlock":          {},
	"internal/longtest":            {},
	"internal/plural":              {},
	"internal/stream":              {},
	"internal/spec":                {"internal/plural"},
	"internal/safetensors":         {"internal/atomicfile", "internal/plural"},
	"internal/torchfile":           {"internal/plural", "internal/safetensors"},
	"internal/parallel":            {},
	"internal/kernels":             {},
	"internal/kernels/kerneltest":  {"internal/kernels"},
	"internal/kernels/gemm":        {"internal/kernels", "internal/parallel"},
	"internal/kernels/conv":        {"internal/kernels", "internal/kernels/gemm", "internal/parallel"},
	"internal/kernels/elementwise": {"internal/kernels", "internal/parallel"},
	"internal/kernels/pool":        {"internal/kernels", "internal/kernels/elementwise", "internal/parallel"},
	"internal/kernels/norm":        {"internal/kernels", "internal/kernels/elementwise", "internal/kernels/pool", "internal/parallel"},
	"internal/wire":                {},
	"schedules":                    {"internal/plural", "internal/spec"},
	"data":                         {"internal/atomicfile", "internal/plural", "internal/spec", "internal/stream"},
	"graph":                        {"internal/kernels", "internal/kernels/conv", "internal/kernels/elementwise", "internal/kernels/gemm", "internal/kernels/norm", "internal/kernels/pool", "internal/plural", "internal/stream"},
	"models":                       {"graph"},
	"solvers":                      {"graph", "internal/kernels", "internal/kernels/elementwise", "internal/parallel", "internal/spec"},
	"runs":                         {"internal/atomicfile", "internal/plural", "schedules"},
	"weights":                      {"graph", "internal/atomicfile", "internal/safetensors", "internal/torchfile", "runs"},
	"train":                        {"data", "graph", "internal/atomicfile", "internal/folderlock", "internal/kernels", "internal/plural", "internal/safetensors", "runs", "schedules", "solvers", "weights"},
	"view/report":                  {"internal/atomicfile", "view/charts", "internal/plural", "runs"},
	"study":                        {"data", "graph", "internal/atomicfile", "internal/folderlock", "internal/parallel", "internal/plural", "view/report", "runs", "schedules", "solvers", "train"},
	"view/diagram":                 {"graph"},
	"view/tensorboard":             {"graph", "internal/wire", "runs"},
	"view/live":                    {"internal/answer", "view/charts", "runs", "schedules"},
	"deploy/export":                {"graph", "internal/plural", "internal/wire"},
	"deploy/predict":               {"graph"},
	"deploy/serve":                 {"internal/answer", "deploy/predict"},
	"cmd/mnist":                    {"data", "deploy/export", "graph", "internal/atomicfile", "internal/kernels", "internal/plural", "view/live", "models", "deploy/predict", "view/report", "runs", "schedules", "deploy/serve", "solvers", "study", "view/diagram", "view/tensorboard", "train", "weights"},
}

// gorgonia lists the packages that may import Gorgonia or its tensors.
var gorgonia = []string{"graph", "cmd/mnist", "solvers", "train", "weights"}

func TestImportsFlowOneWay(t *testing.T) {
	root := filepath.Join("..", "..")
	seen := map[string]map[string]bool{} // package, and what of ours it imports
	tensors := map[string]bool{}         // packages that import Gorgonia or its tensors
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || strings.HasPrefix(d.Name(), "_") || d.Name() == "testdata") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		rel, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(rel)
		may, known := allowed[pkg]
		if !known {
			t.Errorf("%s: package %s is not in the table of this test", path, pkg)
			return nil
		}
		if seen[pkg] == nil {
			seen[pkg] = map[string]bool{}
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if ours, ok := strings.CutPrefix(name, "anneal/"); ok {
				seen[pkg][ours] = true
				if !slices.Contains(may, ours) {
					t.Errorf("%s imports %s; package %s may import %v", path, name, pkg, may)
				}
			}
			if strings.HasPrefix(name, "gorgonia.org/") {
				tensors[pkg] = true
				if !slices.Contains(gorgonia, pkg) {
					t.Errorf("%s imports %s; only %v may", path, name, gorgonia)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, pkg := range gorgonia {
		if !tensors[pkg] {
			t.Errorf("package %s may import Gorgonia and does not: take it off the list", pkg)
		}
	}
	for pkg, may := range allowed {
		if seen[pkg] == nil {
			t.Errorf("package %s is in the table of this test and has no Go files", pkg)
			continue
		}
		for _, ours := range may {
			if !seen[pkg][ours] {
				t.Errorf("package %s may import %s and does not: take it off the table", pkg, ours)
			}
		}
	}
}

// TestLinks lists what programs do not link: those that show or compare runs, whatever trained them, need no tensors, and
// those that load weights and predict, such as the example of package predict, need no trainer.
func TestLinks(t *testing.T) {
	example, err := parser.ParseFile(token.NewFileSet(), "../../deploy/predict/example_test.go", nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	shipped := []string{"anneal/deploy/export", "anneal/deploy/serve"}
	for _, spec := range example.Imports {
		shipped = append(shipped, strings.Trim(spec.Path.Value, `"`))
	}
	for _, c := range []struct {
		program []string // the packages that it imports
		not     []string
	}{
		{
			[]string{"anneal/runs", "anneal/view/live", "anneal/view/report"},
			[]string{"gorgonia.org/", "github.com/sirupsen/logrus", "anneal/train", "anneal/graph"},
		},
		{
			shipped,
			[]string{"anneal/train", "anneal/data", "anneal/solvers", "github.com/sirupsen/logrus"},
		},
	} {
		out, err := exec.Command("go", append([]string{"list", "-deps"}, c.program...)...).Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, pkg := range strings.Fields(string(out)) {
			for _, not := range c.not {
				if strings.HasPrefix(pkg, not) {
					t.Errorf("%v link %s", c.program, pkg)
				}
			}
		}
	}
}
