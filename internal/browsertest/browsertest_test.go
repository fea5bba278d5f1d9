package browsertest

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// What is missing is named, first things first.
func TestFind(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("programs are not shell scripts there")
	}
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	t.Setenv("CHROMIUM", "")
	program := func(name, does string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+does+"\n"), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	missing := func(want string) {
		t.Helper()
		if path, err := find(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %q, %v, want %s", path, err, want)
		}
	}
	missing("no chromium:")
	program("chromium", "exit 0")
	missing("no node:")
	program("node", "exit 1")
	missing("no playwright-core:")
	program("node", "exit 0")
	if got, err := find(); got != filepath.Join(dir, "chromium") || err != nil {
		t.Errorf("got %q, %v, want Chromium's path", got, err)
	}
	t.Setenv("CHROMIUM", filepath.Join(dir, "nowhere"))
	missing("no chromium:")
}
