package parallel

import "syscall"

// YieldThread lets another thread run that waits for this processor. Linux does not do so by itself before the spinning
// thread's slice is over, even if another processor is idle by then.
func YieldThread() { syscall.RawSyscall(syscall.SYS_SCHED_YIELD, 0, 0, 0) }
