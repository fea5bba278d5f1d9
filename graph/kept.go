package graph

import (
	"slices"

	"gorgonia.org/tensor"
)

// Kept is a layer of a program that has Config.Keep, with what the last Run computed there.
type Kept struct {
	Layer // Inputs are places in Program.Kept; -1 stands for the model's input

	value result
}

// Value returns the layer's result, [N, ...]. The next Run overwrites it.
func (k *Kept) Value() *tensor.Dense { return dense(k.value.value) }

// Kept returns the layers whose result is [N, ...] and depends on the batch, each after those that it takes, or nil
// without Config.Keep. Layers that only arrange numbers anew are left out, and so are integers: what takes their result
// takes what they take.
func (p *Program) Kept() []*Kept { return p.kept }

// arranges lists the kinds of the layers that only arrange numbers anew.
var arranges = []string{"Flatten", "Reshape", "Transpose"}

// keepLayers finds the layers of Kept and returns the results that the program must compute.
func (p *Program) keepLayers(b *Builder) (results []*result) {
	layers, nodes := p.describe(b)
	depends := make([]bool, len(layers)) // on the batch
	stand := make([][]int, len(layers))  // the places in p.kept that stand for a layer
	for i, l := range layers {
		var inputs []int
		depends[i] = l.Kind == "Input"
		for _, in := range l.Inputs {
			if in < 0 {
				depends[i], inputs = true, append(inputs, in)
				continue
			}
			depends[i], inputs = depends[i] || depends[in], append(inputs, stand[in]...)
		}
		slices.Sort(inputs)
		inputs = slices.Compact(inputs)
		n := nodes[i]
		if n.Op() == nil || !depends[i] || slices.Contains(arranges, l.Kind) || b.dtypeOf(n) != b.params.dtype ||
			n.Dims() == 0 || n.Shape()[0] != p.shape[0] {
			stand[i] = inputs
			continue
		}
		k := &Kept{Layer: l}
		k.Inputs, stand[i] = inputs, []int{len(p.kept)}
		results, p.kept = append(results, k.value.at(n)), append(p.kept, k)
	}
	return results
}
