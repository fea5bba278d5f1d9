package serve

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// AllowOrigins lets pages of other sites ask the service and read its answers (CORS). An origin is that of a page,
// such as https://example.com, or * for all. ParseOrigin checks one.
func AllowOrigins(origins ...string) Option {
	return func(s *Service) { s.guard.Origins = append(s.guard.Origins, origins...) }
}

// ParseOrigin returns an origin as browsers write it: a scheme, a host in lower case, and a port if it is not the
// scheme's own. It takes *, and null, the origin of a page in a file.
func ParseOrigin(text string) (string, error) {
	if text == "*" || text == "null" {
		return text, nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme == "" || u.Host == "" || u.Opaque != "" || u.User != nil || u.RawQuery != "" ||
		u.Fragment != "" || strings.Trim(u.Path, "/") != "" || !hasHost(u) {
		return "", fmt.Errorf("origin %q: want a scheme and a host, such as https://example.com, or *", text)
	}
	host := strings.TrimSuffix(strings.ToLower(u.Host), ":")
	if own := map[string]string{"http": ":80", "https": ":443"}[u.Scheme]; own != "" {
		host = strings.TrimSuffix(host, own)
	}
	return u.Scheme + "://" + host, nil
}

// hasHost reports whether u has a host as browsers write it: a name, or an address without a zone.
func hasHost(u *url.URL) bool {
	name := u.Hostname()
	address := strings.HasPrefix(u.Host, "[")
	return name != "" && !strings.Contains(name, "%") && (address || !strings.Contains(name, ":"))
}

// share lets the pages of allowed origins reach h, which answers the method.
func (s *Service) share(method string, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		if len(s.guard.Origins) > 0 {
			header.Add("Vary", "Origin")
		}
		origin := r.Header.Get("Origin")
		if origin == "" || !slices.Contains(s.guard.Origins, origin) && !slices.Contains(s.guard.Origins, "*") {
			h.ServeHTTP(w, r)
			return
		}
		header.Set("Access-Control-Allow-Origin", origin)
		if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
			h.ServeHTTP(w, r)
			return
		}
		header.Set("Access-Control-Allow-Methods", method)
		header.Set("Access-Control-Allow-Headers", "Content-Type")
		if s.guard.Token != "" {
			header.Set("Access-Control-Allow-Headers", "Content-Type, Authorization")
		}
		header.Set("Access-Control-Max-Age", "600")
		if r.Header.Get("Access-Control-Request-Private-Network") != "" {
			header.Set("Access-Control-Allow-Private-Network", "true")
		}
		w.WriteHeader(http.StatusNoContent)
	})
}
