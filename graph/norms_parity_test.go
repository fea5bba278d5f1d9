package graph

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"gorgonia.org/tensor"
)

// normCase is a case of testdata/norms.json.
type normCase struct {
	Kind string
	Args struct {
		Eps, Momentum float64
		Axes, Groups  int
		Affine, Beta  *bool
		Stats         *bool
		RMax          float64 `json:"r_max"`
		DMax          float64 `json:"d_max"`
		Size, Kernel  int
	}
	Training   bool
	Inputs     map[string]packed
	Output     packed
	GradOutput packed `json:"grad_output"`
	Grads      map[string]packed
	After      map[string]packed
}

type packed struct {
	Shape []int
	Data  []float64
}

func normCases(t *testing.T) []normCase {
	t.Helper()
	text, err := os.ReadFile("testdata/norms.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []normCase
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	return cases
}

// draw draws the case's layer, with the name "layer".
func (c normCase) draw(b *Builder, x *Node) *Node {
	a := c.Args
	var affine []EveryNormOption
	if a.Eps > 0 {
		affine = append(affine, Eps(a.Eps))
	}
	if a.Affine != nil {
		affine = append(affine, map[bool]EveryNormOption{true: Affine(), false: NoAffine()}[*a.Affine])
	}
	var sample []SampleNormOption
	layer := []LayerNormOption{Over(a.Axes)}
	for _, o := range affine {
		sample, layer = append(sample, o), append(layer, o)
	}
	if a.Beta != nil {
		sample, layer = append(sample, NoBeta()), append(layer, NoBeta())
	}
	switch c.Kind {
	case "layernorm":
		return b.LayerNorm("layer", x, layer...)
	case "rmsnorm":
		return b.RMSNorm("layer", x, layer...)
	case "groupnorm":
		return b.GroupNorm("layer", x, a.Groups, sample...)
	case "weightstandardization":
		opts := []ConvOption{StandardizeWeight()}
		if a.Beta != nil {
			opts = append(opts, NoBias())
		}
		return b.Conv2D("layer", x, c.Inputs["weight"].Shape[0], a.Kernel, opts...)
	case "instancenorm":
		return b.InstanceNorm("layer", x, sample...)
	}
	batch := []NormOption{Momentum(a.Momentum)}
	switch {
	case c.Kind == "renorm":
		batch = append(batch, Renorm{RMax: a.RMax, DMax: a.DMax})
	case c.Kind == "ghost":
		batch = append(batch, Ghost(a.Size))
	case a.Stats != nil:
		batch = append(batch, NoStats())
	}
	return b.BatchNorm("layer", x, batch...)
}

// Every normalization of testdata/norms.json, in both types: outputs, gradients and running statistics are PyTorch's.
func TestNormsMatchPyTorch(t *testing.T) {
	for i, c := range normCases(t) {
		for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
			t.Run(fmt.Sprintf("%d %s %v", i, c.Kind, dtype), func(t *testing.T) {
				tol := map[tensor.Dtype]float64{tensor.Float64: 1e-9, tensor.Float32: 3e-5}[dtype]
				mode := Train
				if !c.Training {
					mode = Eval
				}
				p := newProbe(t, NewParams(1, dtype), mode, c.Inputs["x"].Shape, c.draw)
				for name, v := range c.Inputs {
					if param := p.params.Lookup("layer." + name); param != nil {
						setFloats(param.value, v.Data)
					} else if name != "x" {
						t.Fatalf("there is no layer.%s", name)
					}
				}
				setFloats(p.x, c.Inputs["x"].Data)
				setFloats(p.dy, c.GradOutput.Data)
				p.run(t)
				near(t, "y", floats(p.y.value), c.Output.Data, tol)
				near(t, "dx", floats(p.dx.value), c.Grads["x"].Data, tol)
				for name, want := range c.Grads {
					if name != "x" {
						near(t, "d"+name, floats(p.dparams["layer."+name].value), want.Data, tol)
					}
				}
				for name, want := range c.After {
					near(t, name, floats(p.params.Lookup("layer."+name).value), want.Data, tol)
				}
			})
		}
	}
}
