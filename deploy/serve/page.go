package serve

import (
	"embed"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"anneal/internal/answer"
	"anneal/view/language"
)

//go:embed page
var files embed.FS

// page serves the page and its files.
func page(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-cache")
	name := strings.TrimPrefix(r.URL.Path, "/")
	switch {
	case answer.Page(w, r, files):
	case name == "language.js":
		http.ServeContent(w, r, name, time.Time{}, strings.NewReader(language.Script))
	case slices.Contains(scripts, name):
		http.ServeFileFS(w, r, files, "page/"+name)
	default:
		err := fmt.Errorf("%s: no such page, want /, /predict, /activations, /model, /openapi.yaml, /healthz, /readyz or "+
			"/metrics", r.URL.Path)
		answer.Error(w, http.StatusNotFound, err)
	}
}

// scripts are the modules that page.js imports, beside language.js.
var scripts = []string{
	"answer.js", "card.js", "curl.js", "layers.js", "pad.js", "paint.js", "row.js", "words.js",
}
