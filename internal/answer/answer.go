// Package answer writes what HTTP services answer: JSON values, errors as {"error": "what is wrong"}, and the files of
// a page.
package answer

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// JSON answers with a value.
func JSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // an error here means that the client has gone
}

// Error answers with an error. With status 503 it asks the client to try again in a second.
func Error(w http.ResponseWriter, status int, err error) {
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	JSON(w, status, map[string]string{"error": err.Error()})
}

// Only returns a handler that answers methods other than this one with status 405. GET includes HEAD.
func Only(method string, h http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != method && !(method == http.MethodGet && r.Method == http.MethodHead) {
			w.Header().Set("Allow", method)
			Error(w, http.StatusMethodNotAllowed, fmt.Errorf("method %s: want %s", r.Method, method))
			return
		}
		h(w, r)
	})
}
