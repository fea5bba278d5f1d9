package guard

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// serving serves h on l. end ends that, and returns the error of Serve.
func serving(t *testing.T, l *Listener, h http.Handler, grace time.Duration) (end func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, NewServer(h, time.Minute), l, grace) }()
	return func() error {
		cancel()
		return <-ended
	}
}

func listen(t *testing.T, d Door) *Listener {
	t.Helper()
	l, err := Listen("localhost:0", d)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// exchange sends text and, if half, closes that side of the connection. It returns all that comes back.
func exchange(t *testing.T, l *Listener, text string, half bool) string {
	t.Helper()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprint(c, text)
	if half {
		if err := c.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
	}
	_ = c.SetReadDeadline(time.Now().Add(20 * time.Second)) // far above what is waited for
	b, err := io.ReadAll(c)
	if err != nil {
		t.Errorf("%q: %v", text, err)
	}
	return string(b)
}

const get = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"

// A client that closes its own side and waits gets its answer; the work for one that has left ends.
func TestHalfClosed(t *testing.T) {
	left := make(chan error, 1)
	work := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		took := 100 * time.Millisecond
		if r.Header.Get("Slow") != "" {
			took = time.Minute
		}
		select {
		case <-r.Context().Done():
			left <- context.Cause(r.Context())
		case <-time.After(took):
			fmt.Fprint(w, "done")
		}
	})
	l := listen(t, Door{Connections: 10})
	end := serving(t, l, New(Config{Work: time.Minute}, work), time.Second)
	if got := exchange(t, l, get+"\r\n", true); !strings.HasSuffix(got, "done") {
		t.Errorf("got %q", got)
	}
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(c, get+"Slow: yes\r\n\r\n")
	c.Close()
	if err := <-left; err != errLeft {
		t.Errorf("got %v, want %v", err, errLeft)
	}
	if err := end(); err != nil {
		t.Error(err)
	}
}

// A request that is under way when the service ends is told so when its time is over, and answered.
func TestShutdown(t *testing.T) {
	started := make(chan bool)
	work := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started <- true
		<-r.Context().Done()
		fmt.Fprint(w, context.Cause(r.Context()))
	})
	l := listen(t, Door{Connections: 10})
	end := serving(t, l, New(Config{Work: time.Minute}, work), 50*time.Millisecond)
	answer := make(chan string)
	go func() { answer <- exchange(t, l, get+"\r\n", false) }()
	<-started
	if err := end(); err != nil {
		t.Error(err)
	}
	if got := <-answer; !strings.HasSuffix(got, ErrClosed.Error()) {
		t.Errorf("got %q", got)
	}
}

// One client has no more connections than its part.
// Connections over which nothing has come hold nobody up. A request that is under way is answered.
func TestSilentConnections(t *testing.T) {
	l := listen(t, Door{Connections: 10})
	began := make(chan bool)
	work := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began <- true
		time.Sleep(2 * silence)
		fmt.Fprint(w, "done")
	})
	end := serving(t, l, New(Config{Work: time.Minute}, work), time.Second)
	for range 3 {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	answer := make(chan string)
	go func() { answer <- exchange(t, l, get+"\r\n", false) }()
	<-began // and so the others are accepted
	if err := end(); err != nil {
		t.Error(err)
	}
	if got := <-answer; !strings.HasSuffix(got, "done") {
		t.Errorf("got %q", got)
	}
}

func TestPerClient(t *testing.T) {
	l := listen(t, Door{Connections: 10, PerClient: 2})
	end := serving(t, l, New(Config{}, passed), time.Second)
	for range 2 {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
		if _, err := io.ReadAtLeast(c, make([]byte, 100), 100); err != nil { // it is answered, and open
			t.Fatal(err)
		}
	}
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
	if n, err := c.Read(make([]byte, 1)); n > 0 || err == nil || os.IsTimeout(err) {
		t.Errorf("a third connection: got %d bytes, %v, want the end", n, err)
	}
	if err := end(); err != nil {
		t.Error(err)
	}
}

// With a certificate clients speak TLS, under a link with https.
func TestTLS(t *testing.T) {
	dir := t.TempDir()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	door := Door{Connections: 10, Cert: filepath.Join(dir, "cert.pem"), Key: filepath.Join(dir, "key.pem")}
	for name, block := range map[string]*pem.Block{
		door.Cert: {Type: "CERTIFICATE", Bytes: cert}, door.Key: {Type: "PRIVATE KEY", Bytes: raw},
	} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	l := listen(t, door)
	end := serving(t, l, New(Config{Token: "secret"}, passed), time.Second)
	roots := x509.NewCertPool()
	parsed, err := x509.ParseCertificate(cert)
	if err != nil {
		t.Fatal(err)
	}
	roots.AddCert(parsed)
	client := http.Client{
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}
	r, err := client.Get(l.Link("secret"))
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if c := r.Cookies(); r.StatusCode != 303 || len(c) != 1 || !c[0].Secure || !strings.HasPrefix(l.URL(), "https://") {
		t.Errorf("%s: got %d %v", l.URL(), r.StatusCode, c)
	}
	if err := end(); err != nil {
		t.Error(err)
	}
	if _, err := Listen("localhost:0", Door{Cert: door.Cert}); err == nil || !strings.Contains(err.Error(), door.Cert) {
		t.Errorf("a certificate without a key: got %v", err)
	}
}

// The link is one that a browser opens, whatever address is listened at.
func TestLink(t *testing.T) {
	l, err := Listen(":0", Door{Connections: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if !strings.HasPrefix(l.URL(), "http://localhost:") || l.Local() || l.Link("") != l.URL() ||
		l.Link("abc") != l.URL()+"/?token=abc" {
		t.Errorf("got %s, %s", l.URL(), l.Link("abc"))
	}
}
