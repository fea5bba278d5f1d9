package graph

import "anneal/internal/kernels"

// SideBySide says that from now on, until end is called, a goroutine runs programs of Params of its own beside other goroutines that
// say so too. While there are several, each program keeps to its goroutine and so to one processor: with as many of them as there are
// processors all are done sooner than one after the other, each on all processors. The results are the same to the bit.
func SideBySide() (end func()) { return kernels.SideBySide() }
