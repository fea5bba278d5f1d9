// Package reporttest reads the pages of package report for tests.
package reporttest

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"io"
	"regexp"
	"testing"
)

var script = regexp.MustCompile(`(<script type="text/plain" id="\w+">)([^<]*)`)

// Unpacked returns a page in which what is packed is written out as JSON, at the same places.
func Unpacked(t testing.TB, page []byte) []byte {
	t.Helper()
	return script.ReplaceAllFunc(page, func(found []byte) []byte {
		parts := script.FindSubmatch(found)
		r := flate.NewReader(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(parts[2])))
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatalf("%s: %v", parts[1], err)
		}
		return append(parts[1], text...)
	})
}
