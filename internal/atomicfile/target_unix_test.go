//go:build unix

package atomicfile

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// Links stay, and the files that they lead to are replaced, in whatever folder, whether they exist or not.
func TestLinks(t *testing.T) {
	dir := t.TempDir()
	other := filepath.Join(dir, "other", "inner")
	if err := os.MkdirAll(other, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, link := range [][2]string{ // what it leads to, and its name
		{filepath.Join(other, "absolute"), "a"},
		{"other/inner/relative", "r"},
		{"r", "twice"},
		{"other/inner", "folder"},
		{"../up", "other/inner/u"}, // that is other/up, whatever the path that led here
	} {
		if err := os.Symlink(link[0], filepath.Join(dir, link[1])); err != nil {
			t.Fatal(err)
		}
	}
	for i, c := range [][2]string{ // written to, and where it is then
		{"a", "other/inner/absolute"},
		{"r", "other/inner/relative"},
		{"twice", "other/inner/relative"},
		{"folder/plain", "other/inner/plain"},
		{"folder/u", "other/up"},
	} {
		for range 2 { // where there is no file yet, and where there is one
			want := []byte{byte(i)}
			if err := Write(filepath.Join(dir, c[0]), want); err != nil {
				t.Fatal(err)
			}
			if got, err := os.ReadFile(filepath.Join(dir, c[1])); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: got %v, %v in %s, want %v", c[0], got, err, c[1], want)
			}
			about, err := os.Lstat(filepath.Join(dir, c[1]))
			if err != nil || !about.Mode().IsRegular() {
				t.Errorf("%s: got %v, %v, want a file", c[1], about, err)
			}
		}
	}
	for _, link := range []string{"a", "r", "twice", "folder", "other/inner/u"} {
		if about, err := os.Lstat(filepath.Join(dir, link)); err != nil || about.Mode().Type() != fs.ModeSymlink {
			t.Errorf("%s: got %v, %v, want a link still", link, about, err)
		}
	}

	ring := filepath.Join(dir, "ring")
	if err := os.Symlink("ring", ring); err != nil {
		t.Fatal(err)
	}
	if err := Write(ring, nil); err == nil || !strings.Contains(err.Error(), ring) {
		t.Errorf("a link to itself: got %v", err)
	}
	if temps, _ := filepath.Glob(filepath.Join(dir, "*"+Ext)); len(temps) > 0 {
		t.Errorf("left: %v", temps)
	}
}

// A pipe, a device and a socket stay what they are, and so do links to them.
func TestNoFiles(t *testing.T) {
	dir := t.TempDir()
	pipe, link := filepath.Join(dir, "pipe"), filepath.Join(dir, "link")
	if err := syscall.Mkfifo(pipe, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("pipe", link); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, link} {
		got := make(chan []byte)
		go func() {
			b, err := os.ReadFile(pipe)
			if err != nil {
				t.Error(err)
			}
			got <- b
		}()
		if err := Write(path, []byte("content")); err != nil {
			t.Fatal(err)
		}
		if b := <-got; string(b) != "content" {
			t.Errorf("%s: got %q", path, b)
		}
		if about, err := os.Stat(path); err != nil || about.Mode().Type() != fs.ModeNamedPipe {
			t.Errorf("%s: got %v, %v, want a pipe still", path, about, err)
		}
	}

	null := filepath.Join(dir, "null")
	if err := os.Symlink(os.DevNull, null); err != nil {
		t.Fatal(err)
	}
	if err := Write(null, make([]byte, 100)); err != nil {
		t.Errorf("%s: %v", os.DevNull, err)
	}
	if about, err := os.Stat(null); err != nil || about.Mode().Type()&fs.ModeCharDevice == 0 {
		t.Errorf("got %v, %v, want a device still", about, err)
	}

	socket := filepath.Join(dir, "socket")
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(fd)
	if err := syscall.Bind(fd, &syscall.SockaddrUnix{Name: socket}); err != nil {
		t.Skip("no socket in such a folder:", err)
	}
	if err := Write(socket, nil); err == nil || !strings.Contains(err.Error(), socket+": is no file") {
		t.Errorf("a socket: got %v", err)
	}
}

// An open standard output is written to under the name that Linux has for it.
func TestDescriptor(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	link := filepath.Join(t.TempDir(), "stdout")
	path := filepath.Join("/dev/fd", strconv.Itoa(int(w.Fd())))
	if _, err := os.Stat(path); err != nil {
		t.Skip(err)
	}
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if err := Write(link, []byte("content")); err != nil {
		t.Fatal(err)
	}
	w.Close()
	if got, err := io.ReadAll(r); err != nil || string(got) != "content" {
		t.Errorf("got %q, %v", got, err)
	}
	if about, err := os.Lstat(link); err != nil || about.Mode().Type() != fs.ModeSymlink {
		t.Errorf("got %v, %v, want a link still", about, err)
	}
}

// A file keeps its permissions, also those that the umask would take away.
func TestPermissions(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o022))
	path := filepath.Join(t.TempDir(), "a")
	if err := Write(path, nil); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []fs.FileMode{0o644, 0o600, 0o666, 0o400, 0o755} {
		if mode != 0o644 { // that of a new file under this umask
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
		}
		if err := Write(path, []byte("new")); err != nil {
			t.Fatal(err)
		}
		if about, err := os.Stat(path); err != nil || about.Mode() != mode {
			t.Errorf("got %v, %v, want %v", about.Mode(), err, mode)
		}
	}
}
