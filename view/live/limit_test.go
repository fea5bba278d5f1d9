package live

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"anneal/internal/limittest"
)

// A client that announces a body and does not send it is let go, whatever it asks for.
func TestBodiesThatNeverCome(t *testing.T) {
	defer func(d time.Duration) { patience = d }(patience)
	patience = 250 * time.Millisecond
	s, err := Start("localhost:0", "lenet")
	if err != nil {
		t.Fatal(err)
	}
	addr := strings.TrimPrefix(s.server.listener.URL(), "http://")
	for _, c := range []struct{ request, host, want string }{
		{"GET /", "evil.example", "HTTP/1.1 403"},
		{"GET /", addr, "HTTP/1.1 200"},
		{"POST /control", addr, "HTTP/1.1 403"},
		{"POST /control", addr + "\r\nContent-Type: application/json\r\nAuthorization: Bearer " + s.Token(), "HTTP/1.1 400"},
		{"GET /nowhere", addr, "HTTP/1.1 404"},
	} {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "%s HTTP/1.1\r\nHost: %s\r\nContent-Length: 1000\r\n\r\n", c.request, c.host)
		_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second)) // far above patience
		got, err := io.ReadAll(conn)
		if err != nil || !strings.HasPrefix(string(got), c.want) {
			t.Errorf("%s of %.20s: got %.60q, %v, want %s and the end", c.request, c.host, got, err, c.want)
		}
	}
	// A viewer only listens, and may do so for longer.
	v := watch(t, "http://"+addr, "")
	defer v.close()
	v.next(t)
	time.Sleep(3 * patience)
	observe(t, s, step(1, 1, 0.1))
	if _, _, ok := v.next(t); !ok {
		t.Error("a viewer that sends nothing: got the end, want what is new")
	}
	s.Close()
}

// FuzzLast reads the header that a browser sends when it comes again.
func FuzzLast(f *testing.F) {
	s := New("lenet", host)
	for _, id := range []string{"", ".", s.life, s.life + ".7", s.life + ".-1", s.life + ".18446744073709551616", "17"} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		var n uint64
		limittest.Small.Run(t, "an id", func() { n = s.last(id) })
		if again := s.last(fmt.Sprintf("%s.%d", s.life, n)); again != n {
			t.Errorf("%q: got %d, then %d", id, n, again)
		}
		if n > 0 && !strings.HasPrefix(id, s.life+".") {
			t.Errorf("%q: got %d of another service's event", id, n)
		}
	})
}
