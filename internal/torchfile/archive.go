package torchfile

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"strings"
)

// archive is a zip file of uncompressed records, as torch.save writes it.
type archive struct {
	b       []byte
	records map[string]*zip.File
	pickle  string // the record data.pkl, with its folder
}

// open reads the zip directory.
func open(b []byte) (*archive, error) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, fmt.Errorf("not a file of torch.save, or truncated: %w", err)
	}
	a := &archive{b: b, records: make(map[string]*zip.File)}
	for _, f := range z.File {
		if a.records[f.Name] != nil {
			return nil, fmt.Errorf("record %q: given twice", f.Name)
		}
		a.records[f.Name] = f
		if folder, ok := strings.CutSuffix(f.Name, "/data.pkl"); ok && !strings.Contains(folder, "/") {
			if a.pickle != "" {
				return nil, fmt.Errorf("records %q and %q: want one data.pkl", a.pickle, f.Name)
			}
			a.pickle = f.Name
		}
	}
	if a.pickle == "" {
		return nil, errors.New("a zip file without data.pkl: not a file of torch.save")
	}
	return a, nil
}

// beside returns the full name of another record in data.pkl's folder.
func (a *archive) beside(name string) string { return strings.TrimSuffix(a.pickle, "data.pkl") + name }

// record returns the bytes of the record of that name, a part of the file.
func (a *archive) record(name string) ([]byte, error) {
	f := a.records[name]
	if f == nil {
		return nil, fmt.Errorf("record %q: the file has none of that name", name)
	}
	if f.Method != zip.Store || f.Flags&1 != 0 || f.CompressedSize64 != f.UncompressedSize64 {
		return nil, fmt.Errorf("record %q: compressed or encrypted, want it stored as torch.save does", name)
	}
	at, err := f.DataOffset()
	if err != nil {
		return nil, fmt.Errorf("record %q: %w", name, err)
	}
	size := uint64(len(a.b))
	if at < 0 || uint64(at) > size || f.UncompressedSize64 > size-uint64(at) {
		return nil, fmt.Errorf("record %q: %d bytes at %d, want them within the file's %d",
			name, f.UncompressedSize64, at, size)
	}
	end := at + int64(f.UncompressedSize64)
	data := a.b[at:end:end]
	if got := crc32.ChecksumIEEE(data); got != f.CRC32 {
		return nil, fmt.Errorf("record %q: CRC-32 %08x, want %08x: the file is damaged", name, got, f.CRC32)
	}
	return data, nil
}
