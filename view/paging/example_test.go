package paging_test

import (
	"net/http"
	"strings"
	"time"

	"anneal/view/paging"
)

// A service has the script beside those of its page.
func Example() {
	http.HandleFunc("/paging.js", func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "paging.js", time.Time{}, strings.NewReader(paging.Script))
	})
}
