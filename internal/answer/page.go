package answer

import (
	"io/fs"
	"net/http"
)

// csp keeps the browser from loading anything from another server.
const csp = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Confine sets the header of a page that loads nothing from another server.
func Confine(w http.ResponseWriter) { w.Header().Set("Content-Security-Policy", csp) }

// Page answers requests for /, /page.css and /page.js with page/index.html, page/page.css and page/page.js of files. It
// reports whether this was such a request. Every answer is confined, also one that the caller then gives.
func Page(w http.ResponseWriter, r *http.Request, files fs.FS) bool {
	name := map[string]string{"/": "page/index.html", "/page.css": "page/page.css", "/page.js": "page/page.js"}[r.URL.Path]
	Confine(w)
	if name == "" {
		return false
	}
	http.ServeFileFS(w, r, files, name)
	return true
}
