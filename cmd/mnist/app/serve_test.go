package app

import (
	"bufio"
	"io"
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
	stderr, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	log = bufio.NewReader(stderr)
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
