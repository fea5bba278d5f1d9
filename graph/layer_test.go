package graph

import (
	"fmt"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

func TestDescribe(t *testing.T) {
	model := func(b *Builder, x *Node) *Node {
		h := b.ReLU(b.BatchNorm("n", b.Conv2D("c", x, 4, 3, Padding(1), Stride(2), NoBias()), Eps(1e-3)))
		h = b.Dropout("d", b.Try(gorgonia.Add(h, b.MaxPool2D(h, 3, Stride(1), Padding(1)))), 0.5)
		return b.Linear("f", b.Flatten(b.GlobalAvgPool2D(h)), 5)
	}
	layers, err := Describe(model, NewParams(1, tensor.Float32), tensor.Shape{2, 3, 8, 8})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range layers {
		var params []string
		for _, p := range l.Params {
			params = append(params, p.Name())
		}
		got = append(got, fmt.Sprintf("%s %s %v %v %v stock=%v", l.Kind, l.Name, l.Inputs, l.Shape, params, l.Stock))
	}
	want := []string{
		"Conv2D c [-1] (2, 4, 4, 4) [c.weight] stock=false",
		"BatchNorm n [0] (2, 4, 4, 4) [n.weight n.bias n.running_mean n.running_var] stock=false",
		"ReLU  [1] (2, 4, 4, 4) [] stock=false",
		"MaxPool2D  [2] (2, 4, 4, 4) [] stock=false",
		"+ false  [2 3] (2, 4, 4, 4) [] stock=true",
		"GlobalAvgPool2D  [4] (2, 4, 1, 1) [] stock=false",
		"Flatten  [5] (2, 4) [] stock=false",
		"Linear f [6] (2, 5) [f.weight f.bias] stock=false",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	c := layers[0]
	if c.Setting("") != [2]int{3, 3} || c.Setting("stride") != [2]int{2, 2} || c.Setting("padding") != [2]int{1, 1} ||
		c.Setting("dilation") != [2]int{1, 1} || c.Setting("groups") != 1 || c.Setting("other") != nil {
		t.Errorf("convolution %+v", c)
	}
	if want := int64(2 * 2 * 4 * 4 * 4 * 27); c.FLOPs != want {
		t.Errorf("%d FLOPs, want %d", c.FLOPs, want)
	}
	if layers[1].Setting("eps") != 1e-3 || layers[3].Setting("") != [2]int{3, 3} || layers[5].Setting("") != [2]int{4, 4} {
		t.Errorf("settings %+v, %+v, %+v", layers[1], layers[3], layers[5])
	}
}
