package play

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"anneal/internal/atomicfile"
	"anneal/view/play/session"
)

// Program is what trains in the browser: package view/play/wasm, compiled.
type Program struct {
	Wasm   []byte // compressed with gzip
	Script []byte // wasm_exec.js of the version of Go that compiled it
}

// csp keeps the browser from loading anything from another server. A static page has it in itself.
const csp = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; " +
	"img-src 'self' data:; worker-src 'self'; base-uri 'none'; form-action 'none'"

// Export writes the page as files that any server of files can serve, from any path and without headers of its own. The
// folder must be empty or not there, or have the files of an earlier Export, which it replaces.
func Export(folder string, p Program, digits *session.Digits) error {
	out, err := exported(p, digits)
	if err != nil {
		return fmt.Errorf("play: %w", err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("play: %w", err)
	}
	for _, e := range entries {
		if _, ours := out[e.Name()]; !ours {
			return fmt.Errorf("play: folder %s has other files, such as %s: want an empty folder or a new one", folder, e.Name())
		}
	}
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return fmt.Errorf("play: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(out)) {
		if err := atomicfile.Write(filepath.Join(folder, name), out[name]); err != nil {
			return fmt.Errorf("play: %w", err)
		}
	}
	return nil
}

// exported returns the files of a static page by name.
func exported(p Program, digits *session.Digits) (map[string][]byte, error) {
	out := map[string][]byte{"play.wasm.gz": p.Wasm, "wasm_exec.js": p.Script, "digits.bin": digits.Bytes()}
	for name, text := range shared {
		out[name] = []byte(text)
	}
	for _, from := range []string{"page", "static"} { // the latter replaces
		err := fs.WalkDir(files, from, func(file string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			out[path.Base(file)], err = fs.ReadFile(files, file)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	const head = `<meta charset="utf-8">`
	meta := head + "\n" + `<meta http-equiv="Content-Security-Policy" content="` + csp + `">`
	if !strings.Contains(string(out["index.html"]), head) {
		return nil, errors.New("page/index.html has no place for the policy")
	}
	out["index.html"] = bytes.Replace(out["index.html"], []byte(head), []byte(meta), 1)
	return out, nil
}
