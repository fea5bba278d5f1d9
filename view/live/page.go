package live

import (
	"embed"
	"fmt"
	"net/http"
	"strings"
	"time"

	"anneal/internal/answer"
	"anneal/view/charts"
)

//go:embed page
var files embed.FS

var pages = map[string]string{"/": "page/index.html", "/page.css": "page/page.css", "/page.js": "page/page.js"}

// page serves the page and its files. They ask nothing of any other server, and the browser is told to see to it.
func page(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "+
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	switch name, ok := pages[r.URL.Path]; {
	case ok:
		http.ServeFileFS(w, r, files, name)
	case r.URL.Path == "/charts.js":
		http.ServeContent(w, r, "charts.js", time.Time{}, strings.NewReader(charts.Script))
	case r.URL.Path == "/charts.css":
		http.ServeContent(w, r, "charts.css", time.Time{}, strings.NewReader(charts.Style))
	default:
		answer.Error(w, http.StatusNotFound, fmt.Errorf("%s: no such page, want /, /events or /control", r.URL.Path))
	}
}
