package app

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// serving starts the service in dir. It returns its log, of which the first line is read, and its address.
func serving(t *testing.T, dir string, args ...string) (c *exec.Cmd, log *bufio.Reader, address string) {
	t.Helper()
	c = command(t, dir, append([]string{"serve", "--addr", "localhost:0"}, args...)...)
	log = begin(t, c)
	line, err := log.ReadString('\n')
	if address = regexp.MustCompile(`http://\S+`).FindString(line); address == "" {
		t.Fatalf("got %q, %v, want the address", line, err)
	}
	return c, log, address
}

// TestServe asks the service about a picture, and stops it as Ctrl-C does.
func TestServe(t *testing.T) {
	c, log, address := serving(t, "../../../deploy/predict/testdata", "--init", "lenet-bn.safetensors",
		"--model", "lenet-bn", "--allow-origin", "https://Example.com/")
	picture, err := os.Open("../../../deploy/predict/testdata/digit.png")
	if err != nil {
		t.Fatal(err)
	}
	defer picture.Close()
	r, err := http.NewRequest("POST", address+"/predict", picture)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Origin", "https://example.com")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if got := answer.Header.Get("Access-Control-Allow-Origin"); got != "https://example.com" {
		t.Errorf("the page of the allowed site: got %q", got)
	}
	defer answer.Body.Close()
	if body, err := io.ReadAll(answer.Body); err != nil || !strings.Contains(string(body), `"digit":7`) {
		t.Errorf("got %s, %v", body, err)
	}
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(log)
	_ = c.Wait() // the code tells
	if c.ProcessState.ExitCode() != exitOK || string(rest) != "stopped\n" {
		t.Errorf("got code %d, log %q, %v", c.ProcessState.ExitCode(), rest, err)
	}
}

// With a token only those who show it are answered, and the link that is printed has it. All that a command line can
// have wrong is said before the network is read.
func TestServeToken(t *testing.T) {
	c, log, address := serving(t, "../../../deploy/predict/testdata", "--init", "lenet-bn.safetensors",
		"--model", "lenet-bn", "--token", "new", "--allow-host", "gpu.example")
	base, token, found := strings.Cut(address, "/?token=")
	if !found || len(token) < 26 {
		t.Fatalf("got %s, want a link with a token", address)
	}
	for _, want := range []struct {
		path, host, token string
		status            int
	}{
		{"/model", "gpu.example", token, 200},
		{"/model", "", "", 401},
		{"/model", "evil.example", token, 403},
		{"/healthz", "", "", 200},
	} {
		r, err := http.NewRequest("GET", base+want.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = want.host
		if want.token != "" {
			r.Header.Set("Authorization", "Bearer "+want.token)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != want.status {
			t.Errorf("%+v: got %s", want, answer.Status)
		}
	}
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(log)
	_ = c.Wait() // the code tells
	if c.ProcessState.ExitCode() != exitOK || string(rest) != "stopped\n" {
		t.Errorf("got code %d, log %q, %v", c.ProcessState.ExitCode(), rest, err)
	}
}

// No log has a token that the caller knows.
func TestServeKeepsToken(t *testing.T) {
	const token = "a-token-of-the-caller"
	for _, quiet := range []bool{false, true} {
		ctx, stop := context.WithCancel(t.Context())
		stop()
		var stderr strings.Builder
		args := []string{
			"serve", "--addr", "localhost:0", "--init", "../../../deploy/predict/testdata/lenet-bn.safetensors", "--model",
			"lenet-bn", "--token", token,
		}
		if quiet {
			args = append(args, "--quiet")
		}
		run(ctx, args, io.Discard, &stderr)
		if log := stderr.String(); strings.Contains(log, token) || !quiet && !strings.Contains(log, " at http://localhost:") {
			t.Errorf("got %s", log)
		}
	}
}

// At all addresses the log warns of what others can do, and the link is one that a browser opens.
func TestServeWarns(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "everyone on the network can ask the network and read /metrics, see --token"},
		{[]string{"--token", "new"}, "without --cert: who is on the way can read"},
		{[]string{"--proxy"}, ""},
	} {
		p := command(t, "../../../deploy/predict/testdata", append([]string{
			"serve", "--addr", ":0", "--init",
			"lenet-bn.safetensors", "--model", "lenet-bn",
		}, c.args...)...)
		log := begin(t, p)
		line, err := log.ReadString('\n')
		if c.want != "" {
			if err != nil || !strings.Contains(line, c.want) {
				t.Errorf("%v: got %q, %v, want %q", c.args, line, err, c.want)
			}
			line, err = log.ReadString('\n')
		}
		if err != nil || !strings.Contains(line, " at http://localhost:") {
			t.Errorf("%v: got %q, %v, want a link", c.args, line, err)
		}
		if err := p.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		_ = p.Wait() // the log tells
	}
}

func TestServeErrors(t *testing.T) {
	for want, args := range map[string][]string{
		"token of 5 characters: want at least 16": {"--token", "short"},
		`host "https://a": want a name`:           {"--allow-host", "https://a"},
		"--key":                                   {"--cert", "cert.pem"},
		`certificate "no.pem" with key "no.pem"`:  {"--cert", "no.pem", "--key", "no.pem"},
		"--addr nowhere: address \"nowhere\"":     {"--addr", "nowhere"},
	} {
		var stderr strings.Builder
		args = append([]string{
			"serve", "--addr", "localhost:0", "--init", "../../../deploy/predict/testdata/lenet-bn.safetensors", "--model",
			"lenet-bn",
		}, args...)
		if code := run(t.Context(), args, io.Discard, &stderr); code == exitOK || !strings.Contains(stderr.String(), want) {
			t.Errorf("%v: got %d %s, want %s", args, code, &stderr, want)
		}
	}
}

// Clients that leave before they have their answers end neither the service nor a run with a page: to the program that
// is a SIGPIPE, as a reader of the log that leaves is.
func TestClientsThatLeave(t *testing.T) {
	c, log, address := serving(t, "../../../deploy/predict/testdata", "--init", "lenet-bn.safetensors",
		"--model", "lenet-bn")
	host := strings.TrimPrefix(address, "http://")
	for range 50 {
		client, err := net.Dial("tcp", host)
		if err != nil {
			t.Fatal(err) // nobody is there any more
		}
		request := "GET /page.js HTTP/1.1\r\nHost: " + host + "\r\n\r\n"
		if _, err := io.WriteString(client, strings.Repeat(request, 100)); err != nil {
			t.Fatal(err)
		}
		client.Close()
	}
	answer, err := http.Get(address + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(log); err != nil || string(rest) != "stopped\n" {
		t.Errorf("got log %q, %v", rest, err)
	}
	if _ = c.Wait(); c.ProcessState.ExitCode() != exitOK {
		t.Errorf("got code %d", c.ProcessState.ExitCode())
	}
}
