package folderlock

import (
	"errors"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// lock opens a file beside the folder. Nothing else can open it until Windows closes it, at the latest when the program
// ends, and then deletes it. Those that share a folder can open the file together; the last one that unlocks the folder
// deletes it, since Windows would when the first one does. LockFileEx cannot lock folders either, and would leave its
// file behind.
func lock(dir string, shared bool) (unlock func(), free bool) {
	path, err := filepath.Abs(dir)
	if err == nil {
		_, err = os.Stat(dir)
	}
	if err != nil {
		return func() {}, true // whoever uses the folder will say so
	}
	path += ".lock"
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return func() {}, true
	}
	var access, others, flags uint32 = windows.GENERIC_WRITE | windows.DELETE, 0, windows.FILE_FLAG_DELETE_ON_CLOSE
	if shared {
		access, others, flags = windows.GENERIC_WRITE, windows.FILE_SHARE_WRITE, windows.FILE_ATTRIBUTE_NORMAL
	}
	file, err := windows.CreateFile(name, access, others, nil, windows.OPEN_ALWAYS, flags, 0)
	switch {
	case errors.Is(err, windows.ERROR_SHARING_VIOLATION):
		return nil, false
	case err != nil:
		return func() {}, true
	}
	return func() {
		windows.CloseHandle(file)
		if shared {
			os.Remove(path) // which fails while another program has it open
		}
	}, true
}
