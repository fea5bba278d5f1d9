package play

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"anneal/internal/browsertest"
	"anneal/internal/longtest"
)

// Chromium plays: every control, keyboard and touch, both languages, both schemes. With SCREENSHOTS=folder it leaves
// pictures of the page there.
func TestPageInBrowser(t *testing.T) {
	longtest.SkipIfShort(t, "plays in a browser")
	browser := browsertest.New(t)
	s := serve(t)
	browser.Run(s.Link(), "served")
}

// The exported page trains in the browser, from a server of files without headers of its own and below a path.
func TestExportInBrowser(t *testing.T) {
	if !longtest.Full() {
		t.Skip("compiles for js/wasm: set ANNEAL_LONG")
	}
	browser := browsertest.New(t)
	program, err := Compiled(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if most := 10 << 20; len(program.Wasm) > most {
		t.Errorf("the program has %d bytes, want at most %d", len(program.Wasm), most)
	}
	images, err := digits()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := Export(folder, program, images); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.StripPrefix("/some/path", http.FileServer(http.Dir(folder))))
	defer server.Close()
	browser.Run(server.URL+"/some/path/", "exported")
}
