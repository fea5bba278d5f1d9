package tensorboard

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"testing"
)

// Test vectors of RFC 3720, appendix B.4.
func TestChecksum(t *testing.T) {
	up, down := make([]byte, 32), make([]byte, 32)
	for i := range up {
		up[i], down[i] = byte(i), byte(31-i)
	}
	for _, c := range []struct {
		data []byte
		crc  uint32
	}{
		{make([]byte, 32), 0x8a9136aa},
		{bytes.Repeat([]byte{0xff}, 32), 0x62a8ab43},
		{up, 0x46dd794e},
		{down, 0x113fdb5c},
	} {
		if got := crc32.Checksum(c.data, castagnoli); got != c.crc {
			t.Errorf("CRC of %x: got %#x, want %#x", c.data, got, c.crc)
		}
		// Unmasking as TensorFlow's crc32c::Unmask does gives the CRC back.
		rotated := checksum(c.data) - 0xa282ead8
		if got := rotated>>17 | rotated<<15; got != c.crc {
			t.Errorf("unmasked: got %#x, want %#x", got, c.crc)
		}
	}
}

// records takes a file of records apart, and checks every checksum.
func records(t *testing.T, b []byte) [][]byte {
	t.Helper()
	var all [][]byte
	for len(b) > 0 {
		if len(b) < 16 {
			t.Fatalf("%d bytes after %d records", len(b), len(all))
		}
		n := binary.LittleEndian.Uint64(b)
		if uint64(len(b)) < 16+n {
			t.Fatalf("record %d has %d bytes, and %d are left", len(all), n, len(b))
		}
		data := b[12 : 12+n]
		if got, want := binary.LittleEndian.Uint32(b[8:]), checksum(b[:8]); got != want {
			t.Fatalf("record %d: checksum of its length: got %#x, want %#x", len(all), got, want)
		}
		if got, want := binary.LittleEndian.Uint32(b[12+n:]), checksum(data); got != want {
			t.Fatalf("record %d: checksum: got %#x, want %#x", len(all), got, want)
		}
		all = append(all, data)
		b = b[16+n:]
	}
	return all
}
