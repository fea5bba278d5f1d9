package language_test

import (
	"net/http"
	"strings"
	"time"

	"anneal/view/language"
)

// A service has the module beside the scripts of its page.
func Example() {
	http.HandleFunc("/language.js", func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "language.js", time.Time{}, strings.NewReader(language.Script))
	})
}
