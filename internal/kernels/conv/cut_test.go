package conv

import (
	"slices"
	"testing"
)

// Every part is computed once, and parts of dx and dw that are as far on come next to each other.
func TestInterleavedOrder(t *testing.T) {
	for dx := range 20 {
		for dw := range 20 {
			order := interleavedOrder(dx, dw)
			sorted := slices.Sorted(slices.Values(order))
			for i, part := range sorted {
				if i != part || len(order) != dx+dw {
					t.Fatalf("%d parts of dx and %d of dw come in the order %v", dx, dw, order)
				}
			}
		}
	}
	if got, want := interleavedOrder(2, 4), []int{0, 2, 3, 1, 4, 5}; !slices.Equal(got, want) {
		t.Errorf("2 parts of dx and 4 of dw come in the order %v, want %v", got, want)
	}
}
