package data

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"anneal/internal/atomicfile"
)

// patience is how long the download of one file may take.
const patience = 3 * time.Minute

// download fetches those of MNIST's files that the cache lacks.
func (s sources) download(ctx context.Context) error {
	if err := os.MkdirAll(s.cache, 0o777); err != nil {
		return err
	}
	for i, f := range files {
		if _, err := os.Stat(filepath.Join(s.cache, f.name)); !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := s.fetch(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

// fetch writes files[i] into the cache from the first mirror that has it. The error is the last mirror's.
func (s sources) fetch(ctx context.Context, i int) error {
	err := errors.New("no mirror")
	for _, mirror := range s.mirrors {
		var content []byte
		if content, err = get(ctx, mirror+files[i].name, files[i].size, files[i].sha256); err == nil {
			return atomicfile.Write(filepath.Join(s.cache, files[i].name), content)
		}
		if ctx.Err() != nil {
			break
		}
	}
	return err
}

// get returns the content of url, which must be size bytes with the given SHA-256.
func get(ctx context.Context, url string, size int64, sum string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept-Encoding", "gzip") // the file as it is stored: neither side unpacks it
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: got status %s, want 200 OK", url, response.Status)
	}
	content, err := io.ReadAll(io.LimitReader(response.Body, size+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", url, err)
	}
	if got := sha256.Sum256(content); hex.EncodeToString(got[:]) != sum {
		return nil, fmt.Errorf("%s: SHA-256 of %d bytes: got %x, want %s of %d bytes",
			url, len(content), got, sum, size)
	}
	return content, nil
}
