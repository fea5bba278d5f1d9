package folderlock

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestLock(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("folders cannot be locked")
	}
	dir := t.TempDir()
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
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("got %v, %v in the folder, want nothing", entries, err)
	}
	if unlock, err := Lock(filepath.Join(dir, "nowhere")); err != nil {
		t.Errorf("no folder: got %v", err)
	} else {
		unlock()
	}
}
