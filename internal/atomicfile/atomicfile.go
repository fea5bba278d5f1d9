// Package atomicfile replaces whole files: a reader finds the old content or the new, never a part.
package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
)

// Ext is the extension of the temporary files that Write writes. One remains only if the program is killed meanwhile.
const Ext = ".tmp"

// Write replaces the content of the file at path. At every moment, even if the machine stops, the file has all of its
// old content or all of the new: Write writes a temporary file beside it, waits until that is on the disk, and renames
// it. When Write returns, the content is on the disk. After an error, which
// names path, the file is as it was.
func Write(path string, content []byte) error {
	temp := fmt.Sprintf("%s.%08x%s", path, rand.Uint32(), Ext) // several writers have several
	err := writeSynced(temp, content)
	if err == nil {
		err = os.Rename(temp, path)
	}
	if err != nil {
		os.Remove(temp)
		return named(err, path)
	}
	return syncFolder(filepath.Dir(path))
}

// named returns err with path in place of the name of the file beside it.
func named(err error, path string) error {
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		err = p.Err
	case errors.As(err, &l):
		err = l.Err
	}
	return &fs.PathError{Op: "write", Path: path, Err: err}
}

func writeSynced(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}

// syncFolder waits until a rename is on the disk. Windows has no such call and needs none.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// RemoveTemps removes the temporary files that killed programs left in a folder.
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
