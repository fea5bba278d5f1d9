package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// Ext is the extension of the temporary files that Write writes. One remains only if the program is killed meanwhile.
const Ext = ".tmp"

// digits is the number of hexadecimal digits before Ext, which tell the temporary files of several writers apart.
const digits = 8

// create creates a temporary file beside t with the permissions of the file that is there, and locks it: an unlocked
// one is stale.
func create(t target) (*os.File, error) {
	mode := fs.FileMode(0o666)
	if t.exists {
		mode = t.mode
	}
	for {
		f, err := os.OpenFile(fmt.Sprintf("%s.%0*x%s", t.path, digits, rand.Uint32(), Ext),
			os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if !claim(f) || !there(f) {
			f.Close() // another writer has just taken it for stale, and removes it
			continue
		}
		if t.exists {
			err = f.Chmod(mode) // what the umask took away
		}
		if err != nil {
			f.Close()
			os.Remove(f.Name())
			return nil, err
		}
		return f, nil
	}
}

// there reports whether a file still has its name.
func there(f *os.File) bool {
	is, err := f.Stat()
	named, missing := os.Lstat(f.Name())
	return err == nil && missing == nil && os.SameFile(is, named)
}

// removeStale removes the temporary files of killed programs that wrote to path. What cannot be removed stays.
func removeStale(path string) {
	folder, base := filepath.Split(path)
	if folder == "" {
		folder = "."
	}
	entries, _ := os.ReadDir(folder) // of a folder that cannot be read, nothing
	for _, e := range entries {
		if isTemp(e.Name(), base) && e.Type().IsRegular() {
			removeUnlocked(filepath.Join(folder, e.Name()))
		}
	}
}

// isTemp reports whether name is that of a temporary file beside base.
func isTemp(name, base string) bool {
	middle, ok := strings.CutPrefix(name, base+".")
	if !ok {
		return false
	}
	middle, ok = strings.CutSuffix(middle, Ext)
	return ok && len(middle) == digits && strings.Trim(middle, "0123456789abcdef") == ""
}

// RemoveTemps removes the temporary files that killed programs left in a folder in which no other program is at work.
func RemoveTemps(folder string) error {
	entries, err := os.ReadDir(folder)
	for _, e := range entries {
		if filepath.Ext(e.Name()) != Ext {
			continue
		}
		if e := os.Remove(filepath.Join(folder, e.Name())); err == nil {
			err = e
		}
	}
	return err
}
