package guard

import (
	"net"
	"slices"
	"testing"
)

func TestNames(t *testing.T) {
	for _, c := range []struct {
		addr string
		at   net.TCPAddr
		want []string
		not  string
	}{
		{
			"localhost:0",
			net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 81},
			[]string{"127.0.0.1:81", "[::1]:81", "localhost:81"},
			"localhost:80",
		},
		{
			"LocalHost:80",
			net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80},
			[]string{"127.0.0.1:80", "localhost:80", "localhost"},
			"",
		},
		{"[::1]:81", net.TCPAddr{IP: net.IPv6loopback, Port: 81}, []string{"127.0.0.1:81", "[::1]:81", "localhost:81"}, ""},
		{
			"gpu.example:81",
			net.TCPAddr{IP: net.IPv4(10, 1, 2, 3), Port: 81},
			[]string{"gpu.example:81", "10.1.2.3:81"},
			"localhost:81",
		},
		{
			"gpu.example:443",
			net.TCPAddr{IP: net.IPv4(10, 1, 2, 3), Port: 443},
			[]string{"gpu.example:443", "gpu.example", "10.1.2.3"},
			"localhost",
		},
		{":81", net.TCPAddr{IP: net.IPv6unspecified, Port: 81}, []string{"localhost:81", "127.0.0.1:81"}, "[::]:81"},
		{"0.0.0.0:81", net.TCPAddr{IP: net.IPv4zero, Port: 81}, []string{"localhost:81", "127.0.0.1:81"}, "0.0.0.0:81"},
	} {
		got, err := names(c.addr, &c.at)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range c.want {
			if !slices.Contains(got, want) {
				t.Errorf("%s: got %v, want %s in it", c.addr, got, want)
			}
		}
		if slices.Contains(got, c.not) {
			t.Errorf("%s: got %v, with %s", c.addr, got, c.not)
		}
	}
}
