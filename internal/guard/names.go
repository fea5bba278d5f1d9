package guard

import (
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
)

// names returns the values that Host headers may have, for a service that was asked to listen at addr and listens at l.
func names(addr string, l net.Addr) ([]string, error) {
	own, port, err := net.SplitHostPort(l.String())
	if err != nil {
		return nil, err
	}
	given, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	var names []string
	switch ip := net.ParseIP(own); {
	case ip.IsLoopback():
		names = append(loopback(), given)
	case ip.IsUnspecified(): // all there are
		if names, err = machine(); err != nil {
			return nil, err
		}
		names = append(names, loopback()...)
	default:
		names = []string{own, given}
	}
	var hosts []string
	for _, n := range names {
		hosts = append(hosts, strings.ToLower(net.JoinHostPort(n, port)))
		if port == "80" || port == "443" { // which browsers leave out, one with http and one with https
			hosts = append(hosts, strings.ToLower(n))
		}
	}
	slices.Sort(hosts)
	return slices.Compact(hosts), nil
}

// loops reports whether host, with or without a port, is a name that always leads back to the machine that uses it:
// localhost, a name below it, or a loopback address (RFC 6761, section 6.3).
func loops(host string) bool {
	name := withoutPort(strings.ToLower(host))
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || net.ParseIP(name).IsLoopback()
}

// withoutPort returns a host without its port, and an IPv6 address without its brackets.
func withoutPort(host string) string { return (&url.URL{Host: host}).Hostname() }

func loopback() []string { return []string{"localhost", "127.0.0.1", "::1"} }

// machine returns this machine's name and addresses.
func machine() ([]string, error) {
	var names []string
	if name, err := os.Hostname(); err == nil {
		names = append(names, name)
	}
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return nil, err
	}
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok {
			names = append(names, n.IP.String())
		}
	}
	return names, nil
}
