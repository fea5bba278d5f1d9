package app

import (
	"fmt"
	"io"
	"os"
)

// maxSettings is the size of the largest file of settings that is read, and maxValue that of a value in it, in bytes.
const (
	maxSettings = 64 << 10
	maxValue    = 4 << 10
)

// readBounded reads a file of settings, which may be a pipe.
func readBounded(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, maxSettings+1))
	if err == nil && len(content) > maxSettings {
		return nil, fmt.Errorf("%s: more than %d bytes: want a file of settings, which are not as many", path, maxSettings)
	}
	return content, err
}
