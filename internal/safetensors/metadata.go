package safetensors

import (
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
	var begin [8]byte
	if _, err := io.ReadFull(f, begin[:]); err != nil {
		return nil, fmt.Errorf("%s: header length: %w", path, err)
	}
	length, err := headerLength(begin[:], about.Size())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
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
