package kernels

import "syscall"

// yieldThread lets another thread that waits for this processor run. Linux does not do so by itself before the spinning thread's
// slice is over, even if a processor is idle by then.
func yieldThread() { syscall.RawSyscall(syscall.SYS_SCHED_YIELD, 0, 0, 0) }
