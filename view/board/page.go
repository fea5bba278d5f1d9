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
	"anneal/view/paging"
)

//go:embed page
var files embed.FS

// shared are the files that the page has from other packages.
var shared = map[string]string{
	"/charts.css": charts.Style, "/language.js": language.Script, "/paging.js": paging.Script,
}

// page serves the page and its files.
func page(w http.ResponseWriter, r *http.Request) {
	text, ok := shared[r.URL.Path]
	switch {
	case answer.Page(w, r, files):
	case r.URL.Path == "/words.js":
		http.ServeFileFS(w, r, files, "page/words.js")
	case ok:
		http.ServeContent(w, r, r.URL.Path, time.Time{}, strings.NewReader(text))
	default:
		answer.Error(w, http.StatusNotFound,
			fmt.Errorf("%s: no such page, want /, /runs, /report, /describe or /delete", r.URL.Path))
	}
}
