package graph

import "gorgonia.org/tensor"

// Snapshot returns a function that sets all parameters and buffers back to the values that they have now. Those that
// are added later it leaves alone.
func (p *Params) Snapshot() (restore func()) {
	all := p.All()
	kept := make([]*tensor.Dense, len(all))
	for i, param := range all {
		kept[i] = param.Value().Clone().(*tensor.Dense)
	}
	return func() {
		for i, value := range kept {
			_ = tensor.Copy(all[i].Value(), value) // of one shape and type
		}
	}
}
