package live

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"anneal/internal/answer"
)

// ServeHTTP answers one request.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	// Where there is a connection. The server itself waits without an end for a body that a client has announced, and
	// answers after that.
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(patience))
	_ = control.SetWriteDeadline(time.Now().Add(2 * patience))
	if err := s.admit(r); err != nil {
		answer.Error(w, http.StatusForbidden, err)
		return
	}
	s.mux.ServeHTTP(w, r)
}

// admit refuses requests that come through another name than the Service's own, or from another site's page. A name
// that an attacker has made to lead here (DNS rebinding) is neither one of the Service's nor one of this machine's
// for itself, whatever the port: forwarded ports have other numbers.
func (s *Service) admit(r *http.Request) error {
	if !slices.Contains(s.hosts, strings.ToLower(r.Host)) && !loops(r.Host) {
		return fmt.Errorf("host %q: want %s", r.Host, strings.Join(s.hosts, " or "))
	}
	for _, origin := range r.Header.Values("Origin") {
		if origin != "http://"+r.Host && origin != "https://"+r.Host {
			return fmt.Errorf("origin %q: want http://%s or none", origin, r.Host)
		}
	}
	return nil
}

// authorize returns an error unless r has the token.
func (s *Service) authorize(r *http.Request) error {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case !ok:
		return errors.New("no token: want the header Authorization: Bearer TOKEN, with the one that the program printed")
	case subtle.ConstantTimeCompare([]byte(token), []byte(s.token)) != 1:
		return errors.New("not the token of this run: want the one that the program printed")
	}
	return nil
}
