package guard

import (
	"net"
	"testing"
	"time"
)

// A connection beyond the limit waits for another to end, and a listener that is closed waits for none.
func TestLimit(t *testing.T) {
	inner, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	l := limit(inner, 2, 0)
	accepted := make(chan net.Conn)
	go func() {
		defer close(accepted)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			accepted <- c
		}
	}()
	for range 4 {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	first, second := <-accepted, <-accepted
	select {
	case <-accepted:
		t.Fatal("got a third connection, want at most two")
	case <-time.After(50 * time.Millisecond):
	}
	first.Close()
	first.Close() // counts once
	third := <-accepted
	select {
	case <-accepted:
		t.Fatal("got a third connection, want at most two")
	case <-time.After(50 * time.Millisecond):
	}
	l.Close()
	if c, open := <-accepted; open {
		t.Errorf("got %v after Close", c)
	}
	second.Close()
	third.Close()
}

func TestConnections(t *testing.T) {
	const most = 128
	if n := connections(most); n < 1 || n > most || n > max(1, openFiles()/4) {
		t.Errorf("got %d of %d files, want at most %d and a quarter", n, openFiles(), most)
	}
}
