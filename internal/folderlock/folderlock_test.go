package folderlock

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLock(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	unlock, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Lock(dir); err == nil || !strings.Contains(err.Error(), dir+": another program is at work in it") {
		t.Errorf("locked: got %v", err)
	}
	if other, err := Lock(filepath.Dir(dir)); err != nil {
		t.Errorf("the folder above: got %v", err)
	} else {
		other()
	}
	unlock()
	again, err := Lock(dir)
	if err != nil {
		t.Fatalf("unlocked: got %v", err)
	}
	again()
	one, err := Share(dir)
	if err != nil {
		t.Fatalf("shared: got %v", err)
	}
	two, err := Share(dir)
	if err != nil {
		t.Fatalf("shared by two: got %v", err)
	}
	one()
	if _, err := Lock(dir); err == nil {
		t.Error("a shared folder was locked")
	}
	two()
	again, err = Lock(dir)
	if err != nil {
		t.Fatalf("shared no more: got %v", err)
	}
	if _, err := Share(dir); err == nil {
		t.Error("a locked folder was shared")
	}
	again()
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("got %v, %v in the folder, want nothing", entries, err)
	}
	if entries, err := os.ReadDir(filepath.Dir(dir)); err != nil || len(entries) != 1 {
		t.Errorf("got %v, %v beside the folder, want nothing", entries, err)
	}
	if unlock, err := Lock(filepath.Join(dir, "nowhere")); err != nil {
		t.Errorf("no folder: got %v", err)
	} else {
		unlock()
	}
}
