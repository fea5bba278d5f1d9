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

// page serves the page and its files.
func page(w http.ResponseWriter, r *http.Request) {
	switch {
	case answer.Page(w, r, files):
	case r.URL.Path == "/charts.js":
		http.ServeContent(w, r, "charts.js", time.Time{}, strings.NewReader(charts.Script))
	case r.URL.Path == "/charts.css":
		http.ServeContent(w, r, "charts.css", time.Time{}, strings.NewReader(charts.Style))
	default:
		answer.Error(w, http.StatusNotFound, fmt.Errorf("%s: no such page, want /, /events or /control", r.URL.Path))
	}
}
