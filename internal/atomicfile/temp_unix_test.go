//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package atomicfile

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// Write removes the temporary files that killed programs left beside its own file, and no others.
func TestStale(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	stale := []string{"a.0123abcd.tmp", "a.ffffffff.tmp"}
	others := []string{"b.0123abcd.tmp", "a.tmp", "a.0123abc.tmp", "a.0123ABCD.tmp", "a.b.0123abcd.tmp", "aa.0123abcd.tmp"}
	for _, name := range append(stale, others...) {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	living, err := create(target{path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer living.Close()
	if err := Write(path, []byte("new")); err != nil {
		t.Fatal(err)
	}
	for _, name := range stale {
		if _, err := os.Stat(filepath.Join(dir, name)); !os.IsNotExist(err) {
			t.Errorf("%s: got %v, want it gone", name, err)
		}
	}
	for _, name := range append(others, filepath.Base(living.Name()), "a") {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Errorf("%s: got %v, want it still there", name, err)
		}
	}
}

// Several writers to one file at a time leave the whole content of one of them, and nothing else.
func TestWriters(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 10 {
				if err := Write(path, bytes.Repeat([]byte{byte(i)}, 1000)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	got, err := os.ReadFile(path)
	if err != nil || len(got) != 1000 || !bytes.Equal(got, bytes.Repeat(got[:1], 1000)) {
		t.Errorf("got %.20q, %v", got, err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("got %v, %v, want a alone", entries, err)
	}
}
