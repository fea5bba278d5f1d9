package play

import (
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"anneal/internal/answer"
	"anneal/view/charts"
	"anneal/view/language"
)

// In page are the files of the page. Those in static replace what has another form where there is no server, or are
// there alone.
//
//go:embed page static
var files embed.FS

// page serves the page and its files.
func page(w http.ResponseWriter, r *http.Request) {
	if answer.Page(w, r, files) {
		return
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	text, ok := shared[name]
	if b, err := fs.ReadFile(files, path.Join("page", name)); !ok && err == nil && name != "index.html" {
		text, ok = string(b), true
	}
	if !ok {
		answer.Error(w, http.StatusNotFound, fmt.Errorf("%s: no such page, want / or /sessions", r.URL.Path))
		return
	}
	http.ServeContent(w, r, name, time.Time{}, strings.NewReader(text))
}

// shared are the files that the page has from other packages.
var shared = map[string]string{
	"charts.js": charts.Script, "charts.css": charts.Style, "language.js": language.Script,
}
