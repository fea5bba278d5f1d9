package serve

import (
	"embed"
	"fmt"
	"net/http"

	"anneal/internal/answer"
)

//go:embed page
var files embed.FS

// page serves the page and its files.
func page(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-cache")
	if !answer.Page(w, r, files) {
		err := fmt.Errorf("%s: no such page, want /, /predict, /model, /healthz or /metrics", r.URL.Path)
		answer.Error(w, http.StatusNotFound, err)
	}
}
