// Package bounded reads whole files that come from anywhere, up to a size. A file that is larger, or that never ends,
// is an error of one line and costs little. Its test finds code of the module that reads a file in another way.
package bounded

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"

	"anneal/internal/memory"
)

// ReadFile returns the content of a regular file of at most most bytes, and of at most what the program may have in
// memory. It is for files that the program finds by their names: a pipe or a device among them is an error, and is not
// waited for.
func ReadFile(path string, most int64) ([]byte, error) {
	about, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if mode := about.Mode(); !mode.IsRegular() && !mode.IsDir() {
		return nil, wrong(path, fmt.Errorf("got %v, want a regular file", mode.Type()))
	}
	return ReadNamed(path, most)
}

// ReadNamed is ReadFile for a file that the user names, which may be a pipe or a device, too. What such a file holds is
// not known before: it may have a quarter of the memory that is left, since memory that grows is copied.
func ReadNamed(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ReadOpen(f, nil, most)
}

// ReadOpen returns what a file holds whose first bytes have been read already, with these.
func ReadOpen(f *os.File, begin []byte, most int64) ([]byte, error) {
	about, err := f.Stat()
	if err != nil {
		return nil, err
	}
	size := int64(0) // not known
	if about.Mode().IsRegular() {
		size = about.Size()
	} else if memory.Total() > 0 {
		most = min(most, memory.Left()/4)
	}
	if size > most {
		return nil, wrong(f.Name(), tooLarge(most))
	}
	if err := memory.Check(size); err != nil {
		return nil, wrong(f.Name(), err)
	}
	var b bytes.Buffer
	b.Grow(int(size) + bytes.MinRead) // as much as ReadFrom wants to have free at the end of the file
	b.Write(begin)
	switch _, err = b.ReadFrom(io.LimitReader(f, most+1-int64(len(begin)))); {
	case err != nil:
		return nil, err
	case int64(b.Len()) > most:
		return nil, wrong(f.Name(), tooLarge(most))
	}
	return b.Bytes(), nil
}

// wrong returns err as an error of package os looks.
func wrong(path string, err error) error { return &fs.PathError{Op: "read", Path: path, Err: err} }

func tooLarge(most int64) error {
	return fmt.Errorf("got more than %d bytes, want a file of at most that", most)
}

// Most is the limit of a file that has no other than the memory.
const Most = 1 << 46
