package weights

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"anneal/internal/safetensors"
	"anneal/internal/torchfile"
)

// read reads a file in either format.
func read(path string) (f *safetensors.File, format string, err error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, "", err
	}
	if isTorch(path, content) {
		format = "PyTorch"
		f, err = torchfile.Parse(content)
	} else {
		format = "safetensors"
		f, err = safetensors.Parse(content)
	}
	if err == nil {
		err = missesChecksum(f)
	}
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", path, err)
	}
	return f, format, nil
}

// missesChecksum returns an error if f is a file of ours without the checksum that it must have had.
func missesChecksum(f *safetensors.File) error {
	_, record := f.Metadata[RecordKey]
	_, progress := f.Metadata[ProgressKey]
	if _, ok := f.Metadata[safetensors.ChecksumKey]; !ok && (record || progress) {
		return errors.New("its checksum is missing: the file is damaged")
	}
	return nil
}

// isTorch reports whether a file is one of torch.save: a zip archive, or one with such a name.
func isTorch(path string, content []byte) bool {
	extension := filepath.Ext(path)
	return bytes.HasPrefix(content, []byte("PK\x03\x04")) || extension == ".pt" || extension == ".pth"
}
