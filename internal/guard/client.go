package guard

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

type clientKey struct{}

// Client returns who sent a request that came through a Guard, "" for any other.
func Client(ctx context.Context) string {
	client, _ := ctx.Value(clientKey{}).(string)
	return client
}

// clientOf returns who sent a request: the address that its connection comes from or, if a proxy is in front, the one
// that the proxy has added. What stands before that in X-Forwarded-For can be anything.
func clientOf(r *http.Request, forwarded bool) string {
	if lines := r.Header.Values("X-Forwarded-For"); forwarded && len(lines) > 0 {
		list := strings.Split(lines[len(lines)-1], ",")
		if a, err := netip.ParseAddr(strings.TrimSpace(list[len(list)-1])); err == nil {
			return network(a)
		}
	}
	return addressOf(r.RemoteAddr)
}

// addressOf returns the client behind an address with a port.
func addressOf(addr string) string {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if a, err := netip.ParseAddr(host); err == nil {
		return network(a)
	}
	return host
}

// network returns an IPv4 address, or the first 64 bits of an IPv6 one, since a client has all addresses of such a
// network.
func network(a netip.Addr) string {
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return a.String()
	}
	p, _ := a.Prefix(64) // an IPv6 address has as many
	return p.String()
}
