// Package folderlock keeps two programs from working in one folder at a time.
package folderlock

import (
	"fmt"
	"time"
)

// A program that only looks whether a folder is claimed has it for a moment. So who wants it tries again.
const (
	tries = 5
	pause = 10 * time.Millisecond
)

// Lock claims the folder dir until unlock is called or the program ends, in whatever way. It returns an error if
// another program has claimed it. Lock leaves nothing in the folder; on Windows there is a file beside it meanwhile.
// Where folders cannot be locked (some network file systems, read-only ones on Windows), Lock does nothing.
func Lock(dir string) (unlock func(), err error) { return claim(dir, false) }

// Share is Lock, except that several programs may share a folder, which none of them can then Lock.
func Share(dir string) (unlock func(), err error) { return claim(dir, true) }

func claim(dir string, shared bool) (unlock func(), err error) {
	for range tries {
		if unlock, free := lock(dir, shared); free {
			return unlock, nil
		}
		time.Sleep(pause)
	}
	return nil, fmt.Errorf("folder %s: another program is at work in it: wait for it, or use another folder", dir)
}
