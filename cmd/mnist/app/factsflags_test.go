package app

import (
	"os"
	"testing"
)

// A folder that has the name of a class is no file of names.
func TestNamesOfFolders(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("cat", 0o777); err != nil {
		t.Fatal(err)
	}
	var names namesFlag
	if err := names.UnmarshalText([]byte("cat")); err != nil || len(names) != 1 || names[0] != "cat" {
		t.Errorf("got %q, %v", names, err)
	}
}
