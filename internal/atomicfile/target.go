package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// target is what a path leads to.
type target struct {
	path   string      // of the file itself, without a link at its end
	mode   fs.FileMode // permissions of the file that is there
	exists bool
	stream bool // it is no file, and content goes straight to it
}

// maxLinks is how many links in a row find follows, as many as Linux does.
const maxLinks = 40

// find follows the links at the end of a path, also to a file that does not exist yet.
func find(path string) (target, error) {
	about, err := os.Stat(path)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return target{}, err
	case err == nil && about.IsDir():
		return target{}, errors.New("is a folder: want the name of a file")
	case err == nil && !about.Mode().IsRegular():
		if about.Mode()&(fs.ModeNamedPipe|fs.ModeCharDevice) == 0 {
			return target{}, fmt.Errorf("is no file (%s): want a file, a pipe or a terminal", about.Mode().Type())
		}
		return target{stream: true}, nil
	}
	t := target{path: path, exists: err == nil}
	if t.exists {
		t.mode = about.Mode().Perm()
	}
	for range maxLinks {
		link, err := os.Readlink(t.path)
		if err != nil {
			return t, nil // no link, or nothing at all
		}
		if !filepath.IsAbs(link) {
			link = filepath.Join(realFolder(t.path), link)
		}
		t.path = link
	}
	return target{}, fmt.Errorf("more than %d links in a row", maxLinks)
}

// realFolder returns the folder of a path without links in it, so that ".." in a link is the folder above that one.
func realFolder(path string) string {
	folder := filepath.Dir(path)
	if real, err := filepath.EvalSymlinks(folder); err == nil {
		return real
	}
	return folder
}

// stream writes content to what is no file.
func stream(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}
