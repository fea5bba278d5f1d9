package board

import (
	"embed"
	"fmt"
	"net/http"
	"strings"
	"time"

	"anneal/internal/answer"
	"anneal/view/charts"
	"anneal/view/language"
)

//go:embed page
var files embed.FS

// page serves the page and its files.
func page(w http.ResponseWriter, r *http.Request) {
	switch {
	case answer.Page(w, r, files):
	case r.URL.Path == "/words.js":
		http.ServeFileFS(w, r, files, "page/words.js")
	case r.URL.Path == "/language.js":
		http.ServeContent(w, r, "language.js", time.Time{}, strings.NewReader(language.Script))
	case r.URL.Path == "/charts.css":
		http.ServeContent(w, r, "charts.css", time.Time{}, strings.NewReader(charts.Style))
	default:
		answer.Error(w, http.StatusNotFound,
			fmt.Errorf("%s: no such page, want /, /runs, /report, /describe or /delete", r.URL.Path))
	}
}
