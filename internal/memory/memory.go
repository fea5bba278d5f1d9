// Package memory tells how much memory a program may have, so that what needs more is an error and not its end.
package memory

// Total returns how many bytes this program may have: those of the machine, or fewer if the address space is limited
// (ulimit -v) or a container is (cgroup). It is 0 where the system does not say.
func Total() int64 { return total() }
