package safetensors

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
)

// ReadMetadata returns the metadata of the file at path. It reads the header alone, and verifies no checksum.
func ReadMetadata(path string) (map[string]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	about, err := f.Stat()
	if err != nil {
		return nil, err
	}
	var size [8]byte
	if _, err := io.ReadFull(f, size[:]); err != nil {
		return nil, fmt.Errorf("%s: header length: %w", path, err)
	}
	length := binary.LittleEndian.Uint64(size[:])
	if length > maxHeader || int64(length) > about.Size()-8 {
		return nil, fmt.Errorf("%s: header length: got %d in a file of %d bytes", path, length, about.Size())
	}
	header := make([]byte, length)
	if _, err := io.ReadFull(f, header); err != nil {
		return nil, fmt.Errorf("%s: header: %w", path, err)
	}
	metadata, _, err := parseHeader(header)
	if err != nil {
		return nil, fmt.Errorf("%s: header: %w", path, err)
	}
	return metadata, nil
}
