package folderlock

import (
	"errors"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// lock opens a file beside the folder. Nothing else can open it until Windows closes it, at the latest when the program
// ends, and then deletes it. LockFileEx cannot lock folders either, and would leave its file behind.
func lock(dir string, shared bool) (unlock func(), free bool) {
	path, err := filepath.Abs(dir)
	if err == nil {
		_, err = os.Stat(dir)
	}
	if err != nil {
		return func() {}, true // whoever uses the folder will say so
	}
	name, err := windows.UTF16PtrFromString(path + ".lock")
	if err != nil {
		return func() {}, true
	}
	var others uint32 // what they may do meanwhile
	if shared {
		others = windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE
	}
	file, err := windows.CreateFile(name, windows.GENERIC_WRITE|windows.DELETE, others, nil,
		windows.OPEN_ALWAYS, windows.FILE_FLAG_DELETE_ON_CLOSE, 0)
	switch {
	case errors.Is(err, windows.ERROR_SHARING_VIOLATION):
		return nil, false
	case err != nil:
		return func() {}, true
	}
	return func() { windows.CloseHandle(file) }, true
}
