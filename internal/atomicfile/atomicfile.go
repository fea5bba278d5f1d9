// Package atomicfile replaces whole files: a reader finds the old content or the new, never a part.
package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// Write replaces the content of the file at path. At every moment, even if the machine stops, the file has all of its
// old content or all of the new: Write writes a temporary file beside it, waits until that is on the disk, and renames
// it. When Write returns, the content is on the disk. After an error, which names path, the file is as it was.
//
// A symbolic link stays, and the file that it leads to is replaced, which keeps its permissions. Content goes straight
// to what is no file and takes bytes, such as a pipe or a terminal. Write refuses the rest: folders, block devices.
//
// The temporary file of a program that was killed is removed by the next Write to the same file.
func Write(path string, content []byte) error {
	t, err := find(path)
	switch {
	case err != nil:
	case t.stream:
		err = stream(path, content)
	default:
		err = t.replace(content)
	}
	return named(err, path)
}

// replace writes the content beside the file, and renames it.
func (t target) replace(content []byte) error {
	removeStale(t.path)
	f, err := create(t)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = rename(f, t.path)
	}
	if e := f.Close(); err == nil && !errors.Is(e, fs.ErrClosed) {
		err = e
	}
	if err != nil {
		os.Remove(f.Name())
		return err
	}
	return syncFolder(filepath.Dir(t.path))
}

// rename gives a temporary file its name. Where open files can be renamed, f stays open, hence locked, until it has it.
func rename(f *os.File, path string) error {
	if runtime.GOOS == "windows" {
		if err := f.Close(); err != nil {
			return err
		}
	}
	return os.Rename(f.Name(), path)
}

// named returns err with path in place of the name of another file.
func named(err error, path string) error {
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &p):
		err = p.Err
	case errors.As(err, &l):
		err = l.Err
	}
	return &fs.PathError{Op: "write", Path: path, Err: err}
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
