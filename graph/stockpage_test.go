package graph

import (
	"flag"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"
)

var update = flag.Bool("update", false, "write docs/stock-ops.md")

// notOps are the functions that return nodes and are no ops: they make inputs and graphs, or apply an op that they get.
var notOps = []string{
	"ApplyOp", "ApplyOpWithName", "Backpropagate", "Grad", "Must", "NewConstant", "NewMatrix", "NewScalar", "NewTensor",
	"NewUniqueNode", "NewVector", "NodeFromAny", "NodesFromInputs", "OneHotVector", "Read", "Set", "Sort", "UnstableSort",
}

// functions returns the names of Gorgonia's exported functions that return nodes.
func functions(t *testing.T) []string {
	t.Helper()
	p, err := build.Import("gorgonia.org/gorgonia", ".", 0)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range p.GoFiles {
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, file), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv != nil || !fn.Name.IsExported() || fn.Type.Results == nil {
				continue
			}
			switch result := fn.Type.Results.List[0].Type.(type) {
			case *ast.StarExpr:
				if id, ok := result.X.(*ast.Ident); ok && id.Name == "Node" {
					names = append(names, fn.Name.Name)
				}
			case *ast.Ident:
				if result.Name == "Nodes" {
					names = append(names, fn.Name.Name)
				}
			}
		}
	}
	slices.Sort(names)
	return names
}

// Every function of Gorgonia's that returns nodes is checked, or is no op.
func TestStockOpsAreComplete(t *testing.T) {
	checked := make(map[string]bool)
	for _, op := range trials() {
		checked[op.op] = true
	}
	exported := functions(t)
	if len(exported) < 100 {
		t.Errorf("found %d functions, want at least 100", len(exported))
	}
	for _, name := range exported {
		if !checked[name] && !slices.Contains(notOps, name) {
			t.Errorf("gorgonia.%s is neither checked nor listed as no op", name)
		}
		delete(checked, name)
	}
	for name := range checked {
		if !strings.HasPrefix(name, "b.") {
			t.Errorf("gorgonia has no function %s", name)
		}
	}
}

// verdict is what the page says of one of Gorgonia's functions.
type verdict struct {
	tried   []string // with which settings
	inPlace bool     // it would write into the memory of its input, or shares it
	ok      bool     // some setting is allowed
	refused []string // why and what instead, for those that are not
}

// verdicts compiles every trial.
func verdicts() map[string]*verdict {
	of := make(map[string]*verdict)
	for _, op := range trials() {
		v := of[op.op]
		if v == nil {
			v = new(verdict)
			of[op.op] = v
		}
		if op.settings != "" && !slices.Contains(v.tried, op.settings) {
			v.tried = append(v.tried, op.settings)
		}
		for _, shape := range slices.Concat(chainShapes[2], chainShapes[3], chainShapes[4]) {
			if !op.takes(len(shape)) {
				continue
			}
			c := chain{in: shape, ops: []trial{op}, join: true}
			_, err := Compile(c.draw, NewParams(1, tensor.Float64), Config{Mode: Train, Shape: shape})
			if refusedBy(err) {
				if _, why, _ := strings.Cut(err.Error(), ": gorgonia."); !slices.Contains(v.refused, why) {
					v.refused = append(v.refused, why)
				}
			}
			if err == nil {
				v.ok = true
			}
			v.inPlace = v.inPlace || writesInPlace(op, shape)
		}
	}
	return of
}

// writesInPlace reports whether one of op's own nodes says that it overwrites an input.
func writesInPlace(op trial, shape tensor.Shape) bool {
	b := newBuilder(NewParams(1, tensor.Float64), Train, new(uint64))
	x := input(b, shape)
	y := b.run(func(b *Builder, x *Node) *Node { return op.draw(b, x) }, x)
	if b.err != nil {
		return false
	}
	for _, n := range upstream(y) {
		if n.Op() != nil && n.Op().OverwritesInput() >= 0 {
			return true
		}
	}
	return false
}

const stockIntro = `# Stock ops

A model may contain Gorgonia's own ops between the layers of the Builder, as in
` + "`b.Try(gorgonia.Tanh(h))`" + `. This page lists every function of Gorgonia v0.9.18 that draws an op on
tensors of floats. A test draws each of them on a layer's result, on the input and on a parameter, and in pairs, one
behind the other, with layers and with Gorgonia's Reshape. It compares the results with those of other code, the
gradients of all parameters with central differences in float64, and evaluation with training.

- **yes**: its results and its gradient are right.
- **made safe**: Gorgonia's machine may let it write into the memory of its input, or its result shares that memory.
  A program of anneal never does: Compile puts a wrapper around every stock op.
- **refused**, **no**: Compile returns an error that says what to use instead.

The derivative of Ceil, Floor, Sign and the comparisons is 0. Rectify's is 1 at 0, and its value at −Inf is NaN, as
LeakyRelu's is; those of ` + "`b.ReLU`" + ` are 0 and 0.

A panic of a stock op is an error that names the op, while a model draws itself, in Compile and in Run.

Gorgonia knows an op by its name and its inputs. Two slices of one node that are 256 places apart are one op to it,
and so are SoftMax and LogSoftMax of one node. Compile refuses a Slice of an axis with more than 255 places, and a
SoftMax that two ops take. The layers ` + "`b.Slice`, `b.SoftMax` and `b.LogSoftMax`" + ` have no such limit.

The test writes this page: ` + "`go test ./graph -run TestStockOpsPage -update`" + `.

| function | in a model | tried |
|---|---|---|
`

// page returns the text of docs/stock-ops.md.
func page() string {
	of := verdicts()
	var names []string
	for name := range of {
		if !strings.HasPrefix(name, "b.") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var text strings.Builder
	text.WriteString(stockIntro)
	for _, name := range names {
		v := of[name]
		answer := "yes"
		switch {
		case !v.ok:
			answer = "no"
		case v.inPlace:
			answer = "yes, made safe"
		}
		for _, why := range v.refused {
			op, why, _ := strings.Cut(why, ": ")
			switch {
			case !v.ok:
				answer += ": " + why
			case strings.Contains(op, name):
				answer += "; refused: " + why
			default:
				answer += "; refused: " + op + " " + why
			}
		}
		if !v.ok && len(v.refused) == 0 {
			answer += ": Gorgonia returns an error"
		}
		fmt.Fprintf(&text, "| %s | %s | %s |\n", name, answer, strings.Join(v.tried, "; "))
	}
	return text.String()
}

func TestStockOpsPage(t *testing.T) {
	path := filepath.Join("..", "docs", "stock-ops.md")
	want := page()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is not what the test finds: run go test ./graph -run TestStockOpsPage -update", path)
	}
}
