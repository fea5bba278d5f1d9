package serve

import (
	"embed"
	"fmt"
	"net/http"

	"anneal/internal/answer"
)

//go:embed page
var files embed.FS

var pages = map[string]string{"/": "page/index.html", "/page.css": "page/page.css", "/page.js": "page/page.js"}

// page serves the page and its files. They ask nothing of any other server, and the browser is told to see to it.
func page(w http.ResponseWriter, r *http.Request) {
	name, ok := pages[r.URL.Path]
	if !ok {
		answer.Error(w, http.StatusNotFound, fmt.Errorf("%s: no such page, want /, /predict, /healthz or /metrics", r.URL.Path))
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "no-cache")
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "+
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	http.ServeFileFS(w, r, files, name)
}
