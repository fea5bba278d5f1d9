package play

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Compiled returns the Program of Export. A program that was built with the tag playwasm has it; see embedded.go. Any
// other compiles it, which needs Go and takes a minute the first time.
func Compiled(ctx context.Context) (Program, error) {
	if embedded != nil {
		return *embedded, nil
	}
	p, err := build(ctx)
	if err != nil {
		return p, fmt.Errorf("play: compiling the page's program: %w", err)
	}
	return p, nil
}

// build compiles with the go command, in the current folder.
func build(ctx context.Context) (p Program, err error) {
	if _, err := exec.LookPath("go"); err != nil {
		return p, errors.New("there is no go command: install Go from https://go.dev/dl")
	}
	dir, err := os.MkdirTemp("", "play")
	if err != nil {
		return p, err
	}
	defer os.RemoveAll(dir)
	root, err := run(exec.CommandContext(ctx, "go", "env", "GOROOT"))
	if err != nil {
		return p, err
	}
	if p.Script, err = os.ReadFile(filepath.Join(strings.TrimSpace(root), "lib", "wasm", "wasm_exec.js")); err != nil {
		return p, err
	}
	file := filepath.Join(dir, "play.wasm")
	c := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", file, "anneal/view/play/wasm")
	c.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "GOFLAGS=")
	if _, err := run(c); err != nil {
		return p, fmt.Errorf("%w: run this in the folder of anneal, or of a module that requires it", err)
	}
	wasm, err := os.ReadFile(file)
	if err != nil {
		return p, err
	}
	p.Wasm, err = compress(wasm)
	return p, err
}

// run returns what a command prints. An error has the first line of what it says is wrong.
func run(c *exec.Cmd) (string, error) {
	var out, wrong bytes.Buffer
	c.Stdout, c.Stderr = &out, &wrong
	if err := c.Run(); err != nil {
		first, _, _ := strings.Cut(strings.TrimSpace(wrong.String()), "\n")
		return "", fmt.Errorf("%s: %w: %s", strings.Join(c.Args[:2], " "), err, first)
	}
	return out.String(), nil
}

func compress(b []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(b); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
