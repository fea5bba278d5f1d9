package safetensors

import (
	"bytes"
	"maps"
	"strings"
	"testing"
)

// checked returns a small file with a checksum.
func checked(t *testing.T) []byte {
	t.Helper()
	f := &File{
		Tensors:  []Tensor{Float32("weight", []int{2, 2}, []float32{1, 2, 3, 4}), Int64("count", nil, []int64{5})},
		Metadata: map[string]string{"note": `a "quoted" \ text with "anneal.sha256":"` + noChecksum + `"`, "zoo": "last"},
	}
	b, err := f.EncodeChecked()
	if err != nil {
		t.Fatal(err)
	}
	if _, given := f.Metadata[ChecksumKey]; given {
		t.Error("EncodeChecked changed the file that it encoded")
	}
	return b
}

func TestChecksum(t *testing.T) {
	b := checked(t)
	f, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Metadata[ChecksumKey]) != 64 || f.Metadata["zoo"] != "last" || len(f.Tensors) != 2 {
		t.Errorf("got %v", f)
	}
	if again, err := f.EncodeChecked(); err != nil || !bytes.Equal(again, b) {
		t.Errorf("what was read is encoded as\n%q, %v, want\n%q", again, err, b)
	}
	// The reader of files without checksums takes it, too.
	m := maps.Clone(f.Metadata)
	delete(m, ChecksumKey)
	plain, err := (&File{f.Tensors, m}).Encode()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Parse(plain); err != nil {
		t.Error(err)
	}
}

// Every flipped byte is found, but in the key of the checksum itself, without which nothing is checked.
func TestChecksumFindsEveryFlippedByte(t *testing.T) {
	b := checked(t)
	at := bytes.Index(b, []byte(`"`+ChecksumKey))
	for i := range b {
		for _, bits := range []byte{1, 0x20, 0x80, 0xff} {
			damaged := bytes.Clone(b)
			damaged[i] ^= bits
			f, err := Parse(damaged)
			if err == nil && !(at < i && i <= at+len(ChecksumKey) && f.Metadata[ChecksumKey] == "") {
				t.Errorf("byte %d, %q for %q, was not noticed", i, damaged[i], b[i])
			}
		}
		if _, err := Parse(b[:i]); err == nil {
			t.Errorf("the first %d bytes of %d are read without an error", i, len(b))
		}
	}
	_, err := Parse(append(bytes.Clone(b[:len(b)-1]), b[len(b)-1]^1))
	if err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("got %v, want an error that says damaged", err)
	}
}
