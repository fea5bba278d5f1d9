package memory

import (
	"errors"
	"runtime"
	"testing"
)

func TestTotal(t *testing.T) {
	got := Total()
	if runtime.GOOS != "linux" {
		if got != 0 {
			t.Errorf("got %d, want 0: unknown", got)
		}
		return
	}
	if got < 64<<20 {
		t.Errorf("got %d bytes, want at least what this test has", got)
	}
}

var kept []byte

// What is allocated is not left, and what is garbage is.
func TestLeft(t *testing.T) {
	if Total() == 0 {
		t.Skip("the system does not say how much memory there is")
	}
	const size = 256 << 20
	before := Left()
	if before < size {
		t.Skipf("%d bytes are left", before)
	}
	kept = Make[byte](size)
	if after := Left(); after > before-size/2 {
		t.Errorf("got %d bytes before %d were taken and %d after", before, size, after)
	}
	if err := Check(before - size/2); err == nil {
		t.Error("got memory twice")
	}
	kept = nil
	if err := Check(before - size/2); err != nil {
		t.Errorf("the memory was given up: got %v", err)
	}
}

// What is claimed is not left, until it is released or nobody can use it.
func TestClaim(t *testing.T) {
	if Total() == 0 {
		t.Skip("the system does not say how much memory there is")
	}
	owner := new([64]byte)
	const most = 1 << 50
	release := Claim(owner, most)
	if got := Left(); got != 0 {
		t.Errorf("all is claimed: got %d bytes", got)
	}
	if err := Check(small + 1); err == nil {
		t.Error("got what is claimed")
	}
	release()
	release()
	if err := Check(small + 1); err != nil {
		t.Errorf("released: got %v", err)
	}
	Claim(owner, most)
	runtime.KeepAlive(owner)
	owner = nil
	if err := Check(small + 1); err != nil {
		t.Errorf("the owner is garbage: got %v", err)
	}
}

func TestShortage(t *testing.T) {
	if Total() == 0 {
		t.Skip("the system does not say how much memory there is")
	}
	var short *Shortage
	if err := Check(1 << 50); !errors.As(err, &short) || short.Bytes != 1<<50 || short.Left <= 0 {
		t.Errorf("got %v", err)
	}
	if err := Check(1 << 10); err != nil {
		t.Errorf("1 kB: got %v", err)
	}
	defer func() {
		if err, ok := recover().(error); !ok || !errors.As(err, &short) {
			t.Errorf("got panic %v, want a Shortage", err)
		}
	}()
	Make[float64](1 << 50)
}
