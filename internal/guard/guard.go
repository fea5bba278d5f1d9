// Package guard stands before an HTTP service that others can reach. It decides who may ask, how long a request may
// take and how much one client may hold:
//
//	Listen    a listener with a limit of connections, in all and per client, and with TLS if it is given a certificate
//	Guard     a handler that checks the host, the origin and the token of a request before another handler has it
//	Token     a secret in a header, or in a cookie that a link sets
//	Shares    a budget of which one client cannot hold all
//	Serve     a server that, when its context ends, answers what it has within a limit
//
// A page of another site can reach a service if its name is made to lead to the service's address (DNS rebinding). The
// browser then takes page and service for one site. Such a request has that name as its Host, which is none of the
// service's own.
package guard

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"anneal/internal/answer"
)

// lingering is how long the work of a request goes on when its client sends nothing more. The client may have left, or
// may have closed only its own side and wait for the answer, which looks the same.
const lingering = 2 * time.Second

// The causes with which the context of a request ends.
var (
	ErrSlow   = errors.New("too much to do at once, try again") // Config.Work is over
	ErrClosed = errors.New("the service is shutting down")      // so is the time that Serve gives
	errLeft   = errors.New("the client has left")
)

// Config says what a Guard lets through.
type Config struct {
	// Hosts are the names of the service, such as gpu.example:6006, or gpu.example on any port, or * for any. A Host
	// header must be one of them, or a name of the machine that asks for itself, such as localhost, on any port: that
	// of a forwarded port is another.
	Hosts []string
	// Origins are those of other sites' pages that may ask, such as https://example.com, or * for any. A page of the
	// service itself may ask always.
	Origins []string
	// Token must be in every request except those for the paths in Open. "" asks for none.
	Token Token
	Open  []string
	// Forwarded says that a proxy in front adds the address of the client to X-Forwarded-For.
	Forwarded bool

	Read  time.Duration // within which the body of a request must come; 0: 10 s
	Write time.Duration // within which the answer must be sent, from the same moment; 0: 20 s
	Work  time.Duration // after which the context of a request ends, with ErrSlow; 0: as the server ends it
}

// Guard is a handler before another.
type Guard struct {
	config Config
	next   http.Handler
}

// New returns a Guard before next.
func New(c Config, next http.Handler) *Guard {
	hosts := make([]string, len(c.Hosts))
	for i, h := range c.Hosts {
		hosts[i] = strings.ToLower(h)
	}
	c.Hosts, c.Read, c.Write = hosts, cmp.Or(c.Read, 10*time.Second), cmp.Or(c.Write, 20*time.Second)
	return &Guard{c, next}
}

// ServeHTTP answers one request.
func (g *Guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	// Where there is a connection. The server itself waits without an end for a body that a client has announced, and
	// answers after that.
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(g.config.Read))
	_ = control.SetWriteDeadline(time.Now().Add(g.config.Write))
	if err := g.admit(r); err != nil {
		answer.Error(w, http.StatusForbidden, err)
		return
	}
	if g.config.Token != "" && !slices.Contains(g.config.Open, r.URL.Path) && !g.preflight(r) {
		if g.config.Token.admit(w, r, g.secure(r)) {
			return
		}
	}
	ctx := context.WithValue(r.Context(), clientKey{}, clientOf(r, g.config.Forwarded))
	if g.config.Work > 0 {
		limited, cancel := limitWork(ctx, g.config.Work)
		defer cancel()
		ctx = limited
	}
	g.next.ServeHTTP(w, r.WithContext(ctx))
}

// admit refuses requests that come through another name than the service's own, or from another site's page.
func (g *Guard) admit(r *http.Request) error {
	if !g.named(r.Host) && !loops(r.Host) {
		return fmt.Errorf("host %q: want %s", r.Host, strings.Join(g.config.Hosts, " or "))
	}
	for _, origin := range r.Header.Values("Origin") {
		if origin != "http://"+r.Host && origin != "https://"+r.Host && !g.allows(origin) {
			return fmt.Errorf("origin %q: want http://%s or none", origin, r.Host)
		}
	}
	return nil
}

// named reports whether host is one of the service's own.
func (g *Guard) named(host string) bool {
	host = strings.ToLower(host)
	return slices.Contains(g.config.Hosts, "*") || slices.Contains(g.config.Hosts, host) ||
		slices.Contains(g.config.Hosts, withoutPort(host))
}

// allows reports whether pages of another site's origin may ask.
func (g *Guard) allows(origin string) bool {
	return slices.Contains(g.config.Origins, "*") || slices.Contains(g.config.Origins, origin)
}

// preflight reports whether a browser asks if a page of an allowed origin may ask. It never sends a token with that.
func (g *Guard) preflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && g.allows(r.Header.Get("Origin")) &&
		r.Header.Get("Access-Control-Request-Method") != ""
}

// secure reports whether the client's connection is encrypted.
func (g *Guard) secure(r *http.Request) bool {
	return r.TLS != nil || g.config.Forwarded && r.Header.Get("X-Forwarded-Proto") == "https"
}

// limitWork returns a context that ends with ErrSlow after a time, with ErrClosed when ctx does, and some time after
// the client of ctx has left.
func limitWork(ctx context.Context, work time.Duration) (context.Context, context.CancelFunc) {
	all, end := context.WithTimeoutCause(context.WithoutCancel(ctx), work, ErrSlow)
	limited, cancel := context.WithCancelCause(all)
	stop := context.AfterFunc(ctx, func() {
		if errors.Is(context.Cause(ctx), ErrClosed) {
			cancel(ErrClosed)
			return
		}
		select {
		case <-time.After(lingering):
			cancel(errLeft)
		case <-limited.Done():
		}
	})
	return limited, func() {
		stop()
		cancel(nil)
		end()
	}
}
