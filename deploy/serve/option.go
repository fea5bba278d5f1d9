package serve

import (
	"fmt"
	"strings"
	"time"

	"anneal/internal/guard"
)

// Option changes a Service. Except for AllowOrigins, options change what Serve and Guard put before it.
type Option func(*Service)

// AllowHosts lets requests name these hosts, as those of Guard do: the name of a proxy in front, or * for any.
// ParseHost checks one.
func AllowHosts(hosts ...string) Option {
	return func(s *Service) { s.guard.Hosts = append(s.guard.Hosts, hosts...) }
}

// ParseHost returns a host as a Host header spells it, or *.
func ParseHost(text string) (string, error) {
	u, err := ParseOrigin("x://" + text)
	if text == "*" {
		return text, nil
	}
	if err != nil || strings.HasSuffix(text, "/") {
		return "", fmt.Errorf("host %q: want a name or an address, such as example.com or example.com:8080, or *", text)
	}
	return strings.TrimPrefix(u, "x://"), nil
}

// RequireToken refuses requests without this token, except those for /healthz and /readyz. Programs show it in the
// header Authorization: Bearer TOKEN. Browsers show it in a cookie, which /?token=TOKEN sets.
func RequireToken(token string) Option {
	return func(s *Service) { s.guard.Token = guard.Token(token) }
}

// ParseToken returns the token, if it is hard to guess and fits into headers.
func ParseToken(text string) (string, error) {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
	if len(text) < 16 || strings.Trim(text, letters) != "" {
		return "", fmt.Errorf("token of %d characters: want at least 16, of letters, digits, -, ., _ and ~", len(text))
	}
	return text, nil
}

// BehindProxy takes the address of a client from the end of X-Forwarded-For, where a proxy in front has added it. Use
// it only if clients cannot reach the service past the proxy: they would choose their address.
func BehindProxy() Option {
	return func(s *Service) { s.guard.Forwarded = true }
}

// Drain makes Serve answer for this long after its context is done, while /readyz has status 503: time for a balancer
// to see that, and to send requests elsewhere. Default: 0, with which nobody can ask any more.
func Drain(d time.Duration) Option {
	return func(s *Service) { s.drain = d }
}
