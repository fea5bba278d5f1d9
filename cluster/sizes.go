package cluster

import "fmt"

// The names of the exchanges, in errors.
const (
	AllGather = "AllGather"
	AllToAll  = "AllToAll"
)

// CheckSizes returns an error if the slices that a rank gives to an exchange, AllGather or AllToAll, do not fit a group
// of so many ranks. Groups call it before they exchange anything.
func CheckSizes(call string, size, out, in int) error {
	if call == AllGather && out != size*in {
		return fmt.Errorf("cluster: %s: out has %d bytes and in %d: want %d times as many in out, one part for each rank",
			call, out, in, size)
	}
	if call == AllToAll && (out != in || in%size != 0) {
		return fmt.Errorf("cluster: %s: out has %d bytes and in %d: want the same number in both, a multiple of %d ranks",
			call, out, in, size)
	}
	return nil
}
