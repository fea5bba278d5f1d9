// Package layering holds the test that keeps imports flowing one way. docs/architecture.md explains its table.
package layering

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// allowed lists, for each package, the packages of this module that it may import, except in tests.
var allowed = map[string][]string{
	"internal/answer":              {},
	"internal/atomicfile":          {"internal/eintr"},
	"internal/eintr":               {},
	"internal/bounded":             {"internal/memory"},
	"internal/browsertest":         {},
	"internal/comparison":          {},
	"internal/delimited":           {},
	"internal/folderlock":          {"internal/eintr"},
	"internal/guard":               {"internal/answer"},
	"internal/lease":               {"internal/bounded"},
	"internal/licences":            {},
	"internal/limittest":           {"internal/longtest"},
	"internal/memory":              {},
	"internal/longtest":            {},
	"internal/moduletest":          {},
	"internal/percentile":          {},
	"internal/picture":             {},
	"internal/nearest":             {},
	"internal/plural":              {},
	"internal/printable":           {},
	"internal/picture/picturetest": {},
	"internal/stream":              {},
	"internal/terminal":            {},
	"internal/wire":                {},
	"internal/spec":                {"internal/nearest", "internal/plural"},
	"internal/safetensors":         {"internal/atomicfile", "internal/bounded", "internal/plural"},
	"internal/torchfile":           {"internal/plural", "internal/safetensors"},

	"internal/parallel":            {},
	"internal/kernels":             {"internal/memory"},
	"internal/wordstest":           {},
	"internal/kernels/kerneltest":  {"internal/kernels"},
	"internal/kernels/gemm":        {"internal/kernels", "internal/parallel"},
	"internal/kernels/conv":        {"internal/kernels", "internal/kernels/gemm", "internal/parallel"},
	"internal/kernels/elementwise": {"internal/kernels", "internal/parallel"},
	"internal/kernels/recurrent":   {"internal/kernels", "internal/kernels/gemm", "internal/parallel"},
	"internal/kernels/loss":        {"internal/kernels", "internal/kernels/elementwise", "internal/parallel"},
	"internal/kernels/activation":  {"internal/kernels", "internal/kernels/gemm", "internal/parallel"},
	"internal/kernels/pool":        {"internal/kernels", "internal/kernels/elementwise", "internal/parallel"},
	"internal/kernels/rearrange":   {"internal/kernels", "internal/kernels/gemm", "internal/parallel"},
	"internal/kernels/resample":    {"internal/kernels", "internal/parallel"},
	"internal/kernels/attention": {
		"internal/kernels", "internal/kernels/activation", "internal/kernels/elementwise", "internal/kernels/gemm",
		"internal/parallel",
	},
	"internal/kernels/norm": {
		"internal/kernels", "internal/kernels/elementwise", "internal/kernels/pool", "internal/parallel",
	},

	"cluster":     {},
	"cluster/mpi": {"cluster", "internal/parallel"},

	"data": {
		"data/augment", "internal/atomicfile", "internal/bounded", "internal/memory", "internal/parallel", "internal/plural",
		"internal/stream",
	},
	"data/augment": {"internal/kernels/resample", "internal/spec"},
	"data/cifar":   {"data"},
	"data/folder":  {"data", "internal/bounded", "internal/picture", "internal/printable"},
	"data/numpy":   {"data", "internal/memory", "internal/printable"},
	"data/table":   {"data", "internal/delimited", "internal/nearest", "internal/printable"},
	"data/text":    {"data", "internal/bounded"},
	"data/toy":     {"data", "internal/spec", "internal/stream"},
	"data/profile": {"data", "internal/memory"},
	"data/source": {
		"data", "data/cifar", "data/folder", "data/numpy", "data/table", "data/text", "data/toy", "internal/nearest",
		"internal/printable",
	},
	"schedules": {"internal/plural", "internal/spec"},
	"metrics":   {"internal/spec"},
	"graph": {
		"internal/kernels", "internal/kernels/activation", "internal/kernels/attention", "internal/kernels/conv",
		"internal/kernels/elementwise", "internal/kernels/gemm", "internal/kernels/loss", "internal/kernels/norm",
		"internal/kernels/pool", "internal/kernels/rearrange", "internal/kernels/recurrent",
		"internal/kernels/resample", "internal/memory", "internal/parallel", "internal/plural", "internal/spec",
		"internal/stream",
	},
	"graph/gradcheck": {"graph"},
	"graph/kernel": {
		"internal/kernels/elementwise", "internal/kernels/gemm", "internal/kernels/norm", "internal/parallel",
	},
	"models": {"graph", "internal/nearest", "internal/spec"},
	"solvers": {
		"graph", "internal/kernels", "internal/kernels/elementwise", "internal/kernels/gemm", "internal/memory",
		"internal/parallel", "internal/spec",
	},

	"runs": {"schedules", "internal/atomicfile", "internal/bounded", "internal/plural", "internal/safetensors"},
	"weights": {
		"graph", "runs", "internal/atomicfile", "internal/bounded", "internal/plural", "internal/printable",
		"internal/safetensors", "internal/torchfile",
	},
	"train": {
		"cluster", "data", "graph", "metrics", "runs", "schedules", "solvers", "weights", "internal/atomicfile",
		"internal/bounded", "internal/folderlock", "internal/kernels", "internal/memory", "internal/percentile",
		"internal/picture", "internal/plural", "internal/safetensors",
	},

	"search": {"internal/plural", "internal/printable", "internal/stream"},

	"finder": {"data", "graph", "runs", "solvers", "train", "weights", "internal/plural"},

	"view/board": {
		"metrics", "runs", "view/charts", "view/language", "view/paging", "view/report", "internal/answer",
		"internal/bounded", "internal/folderlock", "internal/guard", "internal/plural",
	},
	"view/charts":   {"view/paging"},
	"view/contact":  {"data", "runs"},
	"view/diagram":  {"graph"},
	"view/language": {},
	"view/paging":   {},
	"view/live": {
		"runs", "schedules", "view/charts", "view/language", "view/report", "internal/answer",
		"internal/bounded", "internal/guard",
	},
	"view/play": {
		"internal/answer", "internal/atomicfile", "internal/guard", "view/charts", "view/language", "view/play/session",
	},
	"view/play/wasm":    {"view/play/session"},
	"view/play/session": {"data", "data/toy", "graph", "metrics", "schedules", "solvers"},
	"view/report": {
		"runs", "view/charts", "view/language", "internal/atomicfile", "internal/comparison",
		"internal/picture", "internal/plural", "internal/spec", "internal/terminal",
	},
	"view/report/reporttest": {},
	"view/tensorboard":       {"graph", "runs", "internal/wire"},
	"study": {
		"data", "graph", "runs", "schedules", "search", "solvers", "train", "view/report", "internal/atomicfile",
		"internal/bounded", "internal/folderlock", "internal/lease", "internal/parallel", "internal/plural",
	},

	"deploy/export":  {"graph", "internal/plural", "internal/wire"},
	"deploy/predict": {"graph", "runs", "weights", "internal/delimited", "internal/picture", "internal/printable"},
	"deploy/serve": {
		"deploy/predict", "runs", "view/language", "internal/answer", "internal/guard", "internal/picture",
	},
	"bench/finder":         {"data", "finder", "models", "runs", "schedules", "solvers", "train"},
	"examples/autoencoder": {"data", "graph", "models", "runs", "solvers", "train"},
	"examples/customloop":  {"data", "graph", "metrics", "schedules", "solvers"},
	"examples/customloss":  {"data", "graph", "solvers", "train"},
	"examples/customop":    {"data", "graph", "graph/gradcheck", "graph/kernel", "solvers", "train"},
	"examples/deep":        {"cmd/mnist/app", "graph"},
	"examples/folder":      {"data", "deploy/predict", "models", "runs", "solvers", "train"},
	"examples/gru":         {"data", "graph", "metrics", "runs", "solvers", "train"},
	"examples/heads":       {"data", "graph", "runs", "solvers", "train"},
	"examples/imbalanced":  {"data", "graph", "solvers", "train"},
	"examples/regression":  {"data", "graph", "runs", "solvers", "train"},
	"examples/transfer":    {"data", "graph", "solvers", "train", "weights"},
	"examples/transformer": {"data", "graph", "runs", "solvers", "train"},
	"cmd/mnist":            {"cmd/mnist/app"},
	"cmd/mnist/app": {
		"cluster", "cluster/mpi", "data", "data/numpy", "data/profile", "data/source", "deploy/export", "deploy/predict",
		"deploy/serve", "finder", "graph", "metrics", "models", "runs", "schedules", "search", "solvers", "study",
		"train", "view/board", "view/contact", "view/diagram", "view/live", "view/play", "view/play/session", "view/report",
		"view/tensorboard", "weights",
		"internal/atomicfile", "internal/bounded", "internal/eintr", "internal/guard", "internal/kernels",
		"internal/licences", "internal/nearest", "internal/plural", "internal/printable", "internal/terminal",
	},
}

// gorgonia lists the packages that may import Gorgonia or its tensors.
var gorgonia = []string{
	"graph", "graph/gradcheck", "cmd/mnist/app", "finder", "solvers", "train", "view/play/session", "weights",
	"examples/customloop", "examples/customloss", "examples/customop",
}

func TestImportsFlowOneWay(t *testing.T) {
	root := filepath.Join("..", "..")
	seen := map[string]map[string]bool{} // package, and what it imports of this module
	tensors := map[string]bool{}         // packages that import Gorgonia or its tensors
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		hidden := strings.HasPrefix(d.Name(), ".") || strings.HasPrefix(d.Name(), "_") || d.Name() == "testdata"
		if d.IsDir() && path != root && hidden {
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

// TestLinks lists what programs do not link: those that show or compare runs, whatever trained them, need no tensors,
// and those that load weights and predict, such as the example of package predict, need no trainer.
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

// TestArchitectureNamesPackages checks that docs/architecture.md lists every package of the table, and no other.
func TestArchitectureNamesPackages(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "architecture.md"))
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for line := range strings.Lines(string(page)) {
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		for _, name := range strings.Split(strings.Split(line, "|")[1], ",") {
			listed[strings.Trim(name, " `")] = true
		}
	}
	listed["internal/layering"] = false // this package, which has only tests
	for pkg := range allowed {
		if !listed[pkg] {
			t.Errorf("docs/architecture.md does not list package %s", pkg)
		}
		delete(listed, pkg)
	}
	for pkg, is := range listed {
		if is {
			t.Errorf("docs/architecture.md lists package %s, which is not in the table of this test", pkg)
		}
	}
}
