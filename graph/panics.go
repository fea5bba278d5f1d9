package graph

import (
	"fmt"
	"runtime"
	"strings"

	"anneal/internal/memory"
)

// stockPanic returns the error for r, a panic while a model drew itself, or nil if no function of Gorgonia raised it.
// The error names the function that the model called, and where. A deferred function calls stockPanic.
func stockPanic(r any) error {
	called := ""
	for _, f := range panicking() {
		if isGorgonias(f.Function) {
			called = f.Function[strings.LastIndexByte(f.Function, '/')+1:]
			continue
		}
		if called == "" {
			return nil
		}
		return fmt.Errorf("%s, which %s:%d calls: panic: %v", called, f.File, f.Line, r)
	}
	return nil
}

// gradientPanic returns the error for r, a panic of gorgonia.Grad. The error names the op that has the gradient. A
// deferred function calls gradientPanic.
func gradientPanic(r any) error {
	if _, ok := r.(*memory.Shortage); ok { // Compile recovers it
		panic(r)
	}
	for _, f := range panicking() {
		if receiver, ok := strings.CutSuffix(f.Function, ".SymDiff"); ok {
			name := receiver[strings.LastIndexByte(receiver, '/')+1:]
			return fmt.Errorf("the gradient of %s: panic: %v", name, r)
		}
	}
	return fmt.Errorf("panic: %v", r)
}

// panicking returns the stack of the panic that a deferred function, the caller of panicking's caller, is about to
// recover, innermost first and without the functions of Go's runtime.
func panicking() []runtime.Frame {
	pcs := make([]uintptr, 256)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(0, pcs)])
	var stack []runtime.Frame
	for {
		f, more := frames.Next()
		switch {
		case f.Function == "runtime.gopanic":
			stack = stack[:0] // what is above it is the deferred function
		case !strings.HasPrefix(f.Function, "runtime."):
			stack = append(stack, f)
		}
		if !more {
			return stack
		}
	}
}

// isGorgonias reports whether name, the path of a package with or without a function's name, is of Gorgonia or of its
// tensors.
func isGorgonias(name string) bool {
	return strings.HasPrefix(name, "gorgonia.org/gorgonia") || strings.HasPrefix(name, "gorgonia.org/tensor")
}
