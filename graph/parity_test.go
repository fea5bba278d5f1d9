package graph

import (
	"fmt"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// draw adds the layer of a case, named "layer".
func (c layerCase) draw(b *Builder, x *Node) *Node {
	switch c.Kind {
	case "conv2d":
		return b.Conv2D("layer", x, c.Inputs["weight"].Shape[0], c.Args.Kernel, Stride(c.Args.Stride),
			Padding(c.Args.Padding), Dilation(c.Args.Dilation), Groups(c.Args.Groups))
	case "maxpool2d":
		return b.MaxPool2D(x, c.Args.Kernel, Stride(c.Args.Stride), Padding(c.Args.Padding))
	case "avgpool2d":
		return b.AvgPool2D(x, c.Args.Kernel, Stride(c.Args.Stride), Padding(c.Args.Padding))
	case "linear":
		return b.Linear("layer", x, c.Inputs["weight"].Shape[0])
	case "relu":
		return b.ReLU(x)
	case "cross_entropy":
		labels := tensor.New(tensor.WithShape(len(c.Args.Labels)), tensor.WithBacking(c.Args.Labels))
		return b.CrossEntropy(x, gorgonia.NodeFromAny(b.Graph(), labels, gorgonia.WithName("labels")), c.Args.Smoothing)
	case "batchnorm", "batchnorm_far_mean_f32":
		share := CumulativeAverage()
		if c.Args.Momentum != nil {
			share = Momentum(*c.Args.Momentum)
		}
		return b.BatchNorm("layer", x, Eps(c.Args.Eps), share)
	}
	return b.Fail(fmt.Errorf("unknown kind %s", c.Kind))
}

// Every layer of testdata/layers.json, in float64: outputs, gradients and running statistics are PyTorch's.
func TestLayersMatchPyTorch(t *testing.T) {
	const tol = 1e-9
	for i, c := range layerCases(t) {
		if c.Kind == "batchnorm_far_mean_f32" {
			continue
		}
		t.Run(fmt.Sprintf("%d %s", i, c.Kind), func(t *testing.T) {
			mode := Train
			if c.Kind == "batchnorm" && !c.Args.Training {
				mode = Eval
			}
			p := newProbe(t, NewParams(1, tensor.Float64), mode, c.Inputs["x"].Shape, c.draw)
			c.set(p.params)
			setFloats(p.x, c.Inputs["x"].Data)
			setFloats(p.dy, c.GradOutput.Data)
			p.run(t)
			scale := 1.0
			if p.y.value.Shape().IsScalar() {
				scale = c.GradOutput.Data[0] // the probe's gradient of a scalar is taken with dy = 1
			}
			near(t, "y", floats(p.y.value), c.Output.Data, tol)
			near(t, "dx", scaled(floats(p.dx.value), scale), c.Grads["x"].Data, tol)
			for _, name := range []string{"weight", "bias"} {
				if want, ok := c.Grads[name]; ok {
					near(t, "d"+name, floats(p.dparams["layer."+name].value), want.Data, tol)
				}
			}
			if c.Kind != "batchnorm" {
				return
			}
			mean, variance := p.params.Lookup("layer.running_mean").value, p.params.Lookup("layer.running_var").value
			near(t, "running mean", floats(mean), c.RunningMeanAfter.Data, tol)
			near(t, "running variance", floats(variance), c.RunningVarAfter.Data, tol)
			setFloats(p.x, c.X2.Data)
			p.run(t)
			near(t, "running mean after x2", floats(mean), c.RunningMeanAfterX2.Data, tol)
			near(t, "running variance after x2", floats(variance), c.RunningVarAfterX2.Data, tol)
			batches := p.params.Lookup("layer.num_batches_tracked").value.Int64s()[0]
			if want := int64(2); mode == Train && batches != want || mode == Eval && batches != 0 {
				t.Errorf("num_batches_tracked = %d after two runs, mode %v", batches, mode)
			}
		})
	}
}

func scaled(v []float64, by float64) []float64 {
	out := make([]float64, len(v))
	for i := range v {
		out[i] = by * v[i]
	}
	return out
}

// Means of 1e4 and -3e3 with deviation 1: a one-pass variance in float32 has no digit left here.
func TestBatchNormFarMeanFloat32(t *testing.T) {
	for _, c := range layerCases(t) {
		if c.Kind != "batchnorm_far_mean_f32" {
			continue
		}
		p := newProbe(t, NewParams(1, tensor.Float32), Train, c.Inputs["x"].Shape, c.draw)
		c.set(p.params)
		setFloats(p.x, c.Inputs["x"].Data)
		setFloats(p.dy, c.GradOutput.Data)
		p.run(t)
		near(t, "y", floats(p.y.value), c.Output.Data, 1e-3)
		near(t, "dx", floats(p.dx.value), c.Grads["x"].Data, 1e-3)
		near(t, "dweight", floats(p.dparams["layer.weight"].value), c.Grads["weight"].Data, 1e-3)
		near(t, "dbias", floats(p.dparams["layer.bias"].value), c.Grads["bias"].Data, 1e-3)
		return
	}
	t.Fatal("no such case")
}
