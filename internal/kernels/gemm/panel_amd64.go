//go:build !noasm

package gemm

// panel is a copy of some columns of B for a piece of the depth, and the table for it.
type panel struct {
	b     [maxBlockDepth * maxTileColumns]float32
	table [maxBlockDepth]Pair
}

// panels are those in no use, of which there is one at most for each goroutine that computes a product.
var panels = make(chan *panel, 64)

func getPanel() *panel {
	select {
	case p := <-panels:
		return p
	default:
		return new(panel)
	}
}

func (p *panel) put() {
	select {
	case panels <- p:
	default: // the garbage collector has it
	}
}
