// Package folderlock keeps two programs from working in one folder at a time.
package folderlock

import "fmt"

// Lock claims the folder dir until unlock, or until the program ends, however it does. That another one has claimed it is an error.
// It leaves nothing in the folder; on Windows, a file is beside it meanwhile. Where folders cannot be locked (some network file
// systems, on Windows read-only ones) it does nothing.
func Lock(dir string) (unlock func(), err error) {
	unlock, free := lock(dir)
	if !free {
		return nil, fmt.Errorf("folder %s: another program is at work in it: want to wait for its end, or another folder", dir)
	}
	return unlock, nil
}
