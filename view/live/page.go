package live

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

//go:embed page
var files embed.FS

// page serves the page in the file index and the files of all pages.
func page(index string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		answer.Confine(w)
		name := strings.TrimPrefix(r.URL.Path, "/")
		if path.Ext(name) == ".html" {
			name = "" // only / is a page
		} else if name == "" {
			name = index
		}
		text, ok := shared[name]
		if b, err := fs.ReadFile(files, "page/"+name); err == nil {
			text, ok = string(b), true
		}
		if !ok {
			answer.Error(w, http.StatusNotFound,
				fmt.Errorf("%s: no such page, want /, /events, /report, /control or /close", r.URL.Path))
			return
		}
		http.ServeContent(w, r, name, time.Time{}, strings.NewReader(text))
	}
}

// shared are the files that the pages have from other packages.
var shared = map[string]string{
	"charts.js": charts.Script, "charts.css": charts.Style, "language.js": language.Script,
}
