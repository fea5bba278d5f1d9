//go:build !noasm

package gemm

// panel is a packed copy of some columns of B, for a block of the depth, and the table of its offsets.
type panel struct {
	b     [maxBlockDepth * maxTileColumns]float32
	table [maxBlockDepth]Pair
}

// panels are those not in use: at most one for each goroutine that computes a product.
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
	default: // leave it to the garbage collector
	}
}
