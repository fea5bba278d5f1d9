package serve

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"net/http"
	"strings"
	"testing"
)

func TestRefuses(t *testing.T) {
	server := start(t, darkest)
	picture := cross(t)
	form, two := formOf(t, picture, picture)
	huge := bytes.Clone(picture)
	copy(huge[16:], []byte{0, 0, 78, 32, 0, 0, 78, 32}) // 20000×20000
	fixCRC(huge)
	for _, c := range []struct {
		name, method, path, kind string
		body                     []byte
		status                   int
		says                     string
	}{
		{"method", "GET", "/predict", "", nil, 405, "want POST"},
		{"method", "DELETE", "/", "", nil, 405, "want GET"},
		{"method", "POST", "/healthz", "", nil, 405, "want GET"},
		{"path", "GET", "/index.html", "", nil, 404, "/index.html"},
		{"type", "POST", "/predict", "text/plain", picture, 415, "want image/png, image/jpeg"},
		{"a video", "POST", "/predict", "video/mp4", picture, 415, "want image/png, image/jpeg"},
		{"no type and no picture", "POST", "/predict", "", []byte("hello"), 400, "want PNG, JPEG, GIF"},
		{"form without an end", "POST", "/predict", "multipart/form-data; boundary=b", []byte("--b\r\n"), 400, "form: "},
		{"a form without a boundary", "POST", "/predict", "multipart/form-data", []byte("--b\r\n"), 400, "form: "},
		{"an empty form", "POST", "/predict", "multipart/form-data; boundary=b", []byte("--b--\r\n"), 400, "no file"},
		{"two files", "POST", "/predict", form, two, 400, "got 2 files, want one in each request"},
		{"50 MB", "POST", "/predict", "image/png", make([]byte, 50<<20), 413, "want at most 16777216"},
		{"truncated", "POST", "/predict", "image/png", picture[:len(picture)/2], 400, "png"},
		{"20000×20000", "POST", "/predict", "image/png", huge, 400, "20000×20000 pixels, want at most"},
		{"no picture", "POST", "/predict", "image/png", []byte("hello"), 400, "want PNG, JPEG, GIF"},
		{"no body", "POST", "/predict", "image/gif", nil, 400, "want PNG, JPEG, GIF"},
		{"blank", "POST", "/predict", "image/png", blank(t), 422, "blank"},
		{"not JSON", "POST", "/predict", "application/json", []byte("{pixels}"), 400, "JSON"},
		{
			"list", "POST", "/predict", "application/json", []byte("[]"), 400,
			`got array at byte 1, want {"pixels": [784 numbers]}`,
		},
		{"text", "POST", "/predict", "application/json", []byte(withPixels(`"1"`, 784)), 400, "got string at byte"},
		{"two objects", "POST", "/predict", "application/json", []byte(withPixels("1", 784) + "{}"), 400, "nothing after it"},
		{"other key", "POST", "/predict", "application/json", []byte(`{"pixel":[]}`), 400, "pixel"},
		{"783 pixels", "POST", "/predict", "application/json", []byte(withPixels("1", 783)), 400, "got 783, want 784"},
		{"785 pixels", "POST", "/predict", "application/json", []byte(withPixels("1", 785)), 400, "got 785, want 784"},
		{"NaN", "POST", "/predict", "application/json", []byte(withPixels("NaN", 784)), 400, "JSON"},
		{"null", "POST", "/predict", "application/json", []byte(withPixels("null", 784)), 400, "got null, want 0 to 255"},
		{"too large for a float", "POST", "/predict", "application/json", []byte(withPixels("1e999", 784)), 400, "1e999"},
		{"256", "POST", "/predict", "application/json", []byte(withPixels("256", 784)), 400, "got 256, want 0 to 255"},
		{"negative", "POST", "/predict", "application/json", []byte(withPixels("-0.5", 784)), 400, "got -0.5, want 0 to 255"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := http.NewRequest(c.method, server.URL+c.path, bytes.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			if c.kind != "" {
				r.Header.Set("Content-Type", c.kind)
			}
			status, text := do(t, r)
			var e struct{ Error string }
			if err := json.Unmarshal([]byte(text), &e); err != nil || status != c.status || !strings.Contains(e.Error, c.says) {
				t.Errorf("status %d: %s (%v), want %d with %q", status, text, err, c.status, c.says)
			}
		})
	}
}

// fixCRC makes the checksum of a PNG's header right again.
func fixCRC(b []byte) { binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29])) }
