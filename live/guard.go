package live

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"
)

// ServeHTTP answers one request.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(patience)) // where there is a connection
	if err := s.admit(r); err != nil {
		refuse(w, http.StatusForbidden, err)
		return
	}
	s.mux.ServeHTTP(w, r)
}

// admit refuses requests that come through another name than the Service's own, or from another site's page.
func (s *Service) admit(r *http.Request) error {
	if !slices.Contains(s.hosts, strings.ToLower(r.Host)) {
		return fmt.Errorf("host %q: want %s", r.Host, strings.Join(s.hosts, " or "))
	}
	for _, origin := range r.Header.Values("Origin") {
		if origin != "http://"+r.Host && origin != "https://"+r.Host {
			return fmt.Errorf("origin %q: want http://%s or none", origin, r.Host)
		}
	}
	return nil
}

// authorize wants the token.
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

// names are the hosts that a service at a listener is called by, when it was asked to listen at addr.
func names(addr string, l net.Addr) ([]string, error) {
	_, port, err := net.SplitHostPort(l.String())
	if err != nil {
		return nil, err
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	var names []string
	if host != "" {
		names = append(names, host)
	}
	own, _, _ := net.SplitHostPort(l.String()) // checked above
	ip := net.ParseIP(own)
	switch {
	case ip.IsUnspecified():
		names = nil
		if name, err := os.Hostname(); err == nil {
			names = append(names, name)
		}
		all, err := net.InterfaceAddrs()
		if err != nil {
			return nil, err
		}
		for _, a := range all {
			if n, ok := a.(*net.IPNet); ok {
				names = append(names, n.IP.String())
			}
		}
	case !ip.IsLoopback():
		names = append(names, own)
	}
	if ip.IsUnspecified() || ip.IsLoopback() {
		names = append([]string{"localhost", "127.0.0.1", "::1"}, names...)
	}
	var hosts []string
	for _, n := range names {
		hosts = append(hosts, net.JoinHostPort(strings.ToLower(n), port))
		if port == "80" {
			hosts = append(hosts, strings.ToLower(n))
		}
	}
	slices.Sort(hosts)
	return slices.Compact(hosts), nil
}

// only answers other methods than this one with status 405.
func only(method string, h http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != method {
			w.Header().Set("Allow", method)
			refuse(w, http.StatusMethodNotAllowed, fmt.Errorf("method %s: want %s", r.Method, method))
			return
		}
		h(w, r)
	})
}

func refuse(w http.ResponseWriter, status int, err error) {
	answer(w, status, map[string]string{"error": err.Error()})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // an error here means that the client has gone
}
