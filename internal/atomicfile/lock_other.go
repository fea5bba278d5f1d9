//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package atomicfile

import (
	"os"
	"runtime"
)

// claim does nothing: Windows keeps a file that is open.
func claim(*os.File) bool { return true }

// removeUnlocked removes a file that no program has open, where the system can tell.
func removeUnlocked(path string) {
	if runtime.GOOS == "windows" {
		os.Remove(path)
	}
}
