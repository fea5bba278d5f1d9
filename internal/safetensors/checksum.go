package safetensors

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"strings"
)

// ChecksumKey is the metadata key of a file's checksum: the SHA-256, in hexadecimal, of the whole file with zeros in
// the checksum's place. A file need not have one.
const ChecksumKey = "anneal.sha256"

// formatKey is the metadata key that says which library's names and layouts the tensors have.
const formatKey = "format"

var noChecksum = strings.Repeat("0", 2*sha256.Size)

// EncodeChecked returns the content of f as a file with a checksum, by which Parse finds any changed byte. Unless f
// says otherwise, the file's metadata say that its format is pt, PyTorch's: some readers ask for that.
func (f *File) EncodeChecked() ([]byte, error) {
	metadata := maps.Clone(f.Metadata)
	if metadata == nil {
		metadata = map[string]string{}
	}
	if _, given := metadata[formatKey]; !given {
		metadata[formatKey] = "pt"
	}
	metadata[ChecksumKey] = noChecksum
	b, err := (&File{f.Tensors, metadata}).Encode()
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(b)
	hex.Encode(checksumOf(b), sum[:])
	return b, nil
}

// checksumOf returns the part of a file's content that holds the digits of its checksum, nil if they are not where
// EncodeChecked puts them.
func checksumOf(b []byte) []byte {
	key := []byte(`"` + ChecksumKey + `":"`) // not within a string of the header: there, quotes are escaped
	at := bytes.Index(b, key)
	if at < 0 || len(b) < at+len(key)+len(noChecksum) {
		return nil
	}
	return b[at+len(key):][:len(noChecksum)]
}

// verify compares a file's content with the checksum in its metadata, if there is one.
func (f *File) verify(b []byte) error {
	want, ok := f.Metadata[ChecksumKey]
	if !ok {
		return nil
	}
	b = bytes.Clone(b)
	digits := checksumOf(b)
	if string(digits) != want {
		return fmt.Errorf("checksum: got %.80q, want %d hexadecimal digits: the file is damaged", want, len(noChecksum))
	}
	copy(digits, noChecksum)
	if got := sha256.Sum256(b); hex.EncodeToString(got[:]) != want {
		return fmt.Errorf("checksum: got %x, want %s: the file is damaged, or was changed after it had been written",
			got, want)
	}
	return nil
}
