// Package atomicfile replaces files as a whole.
package atomicfile

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
)

// Ext ends the names of the files that Write writes into. One is left behind only if the program is killed meanwhile.
const Ext = ".tmp"

// Write puts content into the file at path so that at every moment, also when the machine stops, it is the whole file of before or the
// whole new one: the bytes go to a file beside it, reach the disk, and take its place. When Write returns they last. After an error the
// file is as it was.
func Write(path string, content []byte) error {
	temp := fmt.Sprintf("%s.%08x%s", path, rand.Uint32(), Ext) // another for each of several writers
	err := writeSynced(temp, content)
	if err == nil {
		err = os.Rename(temp, path)
	}
	if err != nil {
		os.Remove(temp)
		return err
	}
	return syncFolder(filepath.Dir(path))
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

// syncFolder makes a rename last. Windows has no such call and needs none.
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

// RemoveTemps removes from a folder what killed programs left there.
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
