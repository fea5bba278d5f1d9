package guard

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"syscall"
)

// Door says how a Listener listens.
type Door struct {
	Connections int    // the largest number of connections at a time, if the system has four times as many files
	PerClient   int    // the same of one client; 0: no limit of its own
	Cert, Key   string // PEM files for TLS: the certificate with those that it needs, and its key; "": no TLS
}

// Listener is a net.Listener that people have a link for.
type Listener struct {
	net.Listener
	hosts  []string
	scheme string
	shown  string
	local  bool
}

// Listen listens at a host and a port. For port 0 it picks a free one.
func Listen(addr string, d Door) (*Listener, error) {
	l := &Listener{scheme: "http"}
	var config *tls.Config
	if d.Cert != "" || d.Key != "" {
		pair, err := tls.LoadX509KeyPair(d.Cert, d.Key)
		if err != nil {
			return nil, fmt.Errorf("certificate %q with key %q: %w: want PEM files of one pair", d.Cert, d.Key, err)
		}
		l.scheme = "https"
		config = &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{"http/1.1"}}
	}
	inner, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%w: want a port that no other program has, or 0 for any", err)
	}
	if err != nil {
		return nil, fmt.Errorf("address %q: %w: want a host and a port, such as localhost:6006", addr, err)
	}
	if l.hosts, err = names(addr, inner.Addr()); err != nil {
		inner.Close()
		return nil, fmt.Errorf("address %q: %w", addr, err)
	}
	l.shown = shown(addr, inner.Addr(), l.hosts)
	l.local = inner.Addr().(*net.TCPAddr).IP.IsLoopback()
	l.Listener = limit(inner, connections(d.Connections), d.PerClient)
	if config != nil {
		l.Listener = tls.NewListener(l.Listener, config)
	}
	return l, nil
}

// shown returns the host for people to open.
func shown(addr string, l net.Addr, hosts []string) string {
	_, port, _ := net.SplitHostPort(l.String()) // names has split it
	if host, _, _ := net.SplitHostPort(addr); slices.Contains(hosts, net.JoinHostPort(host, port)) {
		return net.JoinHostPort(host, port)
	}
	return net.JoinHostPort("localhost", port)
}

// Hosts returns the names under which clients can reach l, for a Config. Each has the port.
func (l *Listener) Hosts() []string { return l.hosts }

// Hosts returns the names under which clients can reach any listener.
func Hosts(l net.Listener) ([]string, error) {
	if own, ok := l.(*Listener); ok {
		return own.hosts, nil
	}
	return names(l.Addr().String(), l.Addr())
}

// Local reports whether only programs of this machine can reach l.
func (l *Listener) Local() bool { return l.local }

// Encrypted reports whether l speaks TLS.
func (l *Listener) Encrypted() bool { return l.scheme == "https" }

// URL returns the address of what is served on l, without a path. At all addresses of this machine it is one that a
// browser on this machine can open.
func (l *Listener) URL() string { return l.scheme + "://" + l.shown }

// Link returns the address to open in a browser. It has the token, if there is one, for the cookie that a Guard sets.
func (l *Listener) Link(t Token) string {
	if t == "" {
		return l.URL()
	}
	return l.URL() + "/?token=" + string(t)
}
