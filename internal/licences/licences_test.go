package licences

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write notices.txt and docs/licences.md")

const page = "../../docs/licences.md"

// TestCurrent compares the page and the notices with what the program for any machine is built of. A licence whose kind
// is not among those of kinds is an error, so that somebody reads it.
func TestCurrent(t *testing.T) {
	works := works(t)
	content, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(string(content), "\n|---|")
	for _, f := range []struct{ path, want string }{
		{"notices.txt", notices(works)},
		{page, head + "\n|---|---|---|\n" + rows(works)},
	} {
		if *update {
			if err := os.WriteFile(f.path, []byte(f.want), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(f.path); err != nil || string(got) != f.want {
			t.Errorf("%s is not current (%v): go test ./internal/licences -update writes it", f.path, err)
		}
	}
}

// work is something of others that is in the program.
type work struct {
	name  string // the path of a module, or what else it is called
	files []licence
}

// licence is a file with the text of one licence or several.
type licence struct{ name, text string }

// kinds returns the licences in the file, by their SPDX identifiers.
func (w work) kinds() []string {
	var list []string
	for _, f := range w.files {
		list = append(list, kinds(f.text)...)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// works returns all that is in the program for some machine, in the order of the page.
func works(t *testing.T) []work {
	t.Helper()
	root, err := exec.CommandContext(t.Context(), "go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	list := []work{{"Go's runtime and standard library", files(t, strings.TrimSpace(string(root)), "LICENSE", "PATENTS")}}
	list = append(list, vendored(t)...)
	folders := make(map[string]string)
	if _, err := os.ReadFile("../../go.mod"); err != nil { // so that another go.mod runs this test again
		t.Fatal(err)
	}
	for target, tags := range map[string]string{"linux": "mpi", "darwin": "mpi", "windows": ""} {
		c := exec.CommandContext(t.Context(), "go", "list", "-deps", "-tags", tags,
			"-f", "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Dir}}{{end}}{{end}}", "anneal/cmd/mnist")
		c.Env = append(os.Environ(), "GOOS="+target, "GOARCH=amd64", "CGO_ENABLED=0")
		c.Stderr = os.Stderr
		out, err := c.Output()
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(out)) {
			path, dir, _ := strings.Cut(strings.TrimSpace(line), "\t")
			folders[path] = dir
		}
	}
	delete(folders, "")
	var modules []work
	for path, dir := range folders {
		modules = append(modules, work{path, files(t, dir, "LICEN[CS]E*", "COPYING*", "NOTICE*", "PATENTS*", "UNLICEN[CS]E*",
			"THIRD_PARTY_LICENSES/*", "licenses/ftl.txt")}) // FreeType's: the other of its two is GPL
	}
	slices.SortFunc(modules, func(a, b work) int { return strings.Compare(a.name, b.name) })
	list = append(list, modules...)
	for _, w := range list {
		if len(w.kinds()) == 0 {
			t.Errorf("%s: no licence that this test knows in %d files: read them, and add a phrase", w.name, len(w.files))
		}
	}
	return list
}

// vendored returns the files of others in this repository: NAME.LICENSE covers those whose names begin with NAME.
// Anything else that is minified, or a font, is an error.
func vendored(t *testing.T) []work {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "git", "-C", "../..", "ls-files").Output()
	if err != nil {
		t.Skipf("no list of this repository's files: git: %v", err)
	}
	names := strings.Split(string(out), "\n")
	fonts := []string{".ttf", ".otf", ".woff", ".woff2"}
	var list []work
	var covered []string
	for _, name := range names {
		if dir, base := filepath.Split(name); filepath.Ext(name) == ".LICENSE" {
			list = append(list, work{strings.TrimSuffix(name, ".LICENSE"), files(t, filepath.Join("../..", dir), base)})
			covered = append(covered, strings.TrimSuffix(name, "LICENSE"))
		}
	}
	for _, name := range names {
		foreign := strings.Contains(name, ".min.") || slices.Contains(fonts, filepath.Ext(name))
		if foreign && !slices.ContainsFunc(covered, func(c string) bool { return strings.HasPrefix(name, c) }) {
			t.Errorf("%s has no licence beside it", name)
		}
	}
	return list
}

// files reads the files of a folder that a pattern matches.
func files(t *testing.T, dir string, patterns ...string) []licence {
	t.Helper()
	var list []licence
	for _, pattern := range patterns {
		paths, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			name, err := filepath.Rel(dir, path)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, licence{filepath.ToSlash(name), plain(text)})
		}
	}
	return list
}

// plain returns a text with Unix's ends of lines, without spaces before them and empty lines around it.
func plain(text []byte) string {
	var b strings.Builder
	for line := range bytes.Lines(text) {
		b.Write(append(bytes.TrimRight(line, " \t\r\n"), '\n'))
	}
	return strings.Trim(b.String(), "\n") + "\n"
}

// notices returns the content of notices.txt: each text once, in the order in which works have them.
func notices(works []work) string {
	var texts []string
	covers := make(map[string][]string)
	for _, w := range works {
		for _, f := range w.files {
			if covers[f.text] == nil {
				texts = append(texts, f.text)
			}
			covers[f.text] = append(covers[f.text], fmt.Sprintf("%s (%s)", w.name, f.name))
		}
	}
	var b strings.Builder
	b.WriteString("This program is built of works of others, under the licences below.\n")
	for _, text := range texts {
		fmt.Fprintf(&b, "\n%s\n%s\n\n%s", strings.Repeat("=", 80), strings.Join(covers[text], "\n"), text)
	}
	return b.String()
}

// rows returns the rows of the page's table.
func rows(works []work) string {
	var b strings.Builder
	for _, w := range works {
		var names []string
		for _, f := range w.files {
			names = append(names, f.name)
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", w.name, strings.Join(w.kinds(), ", "), strings.Join(names, ", "))
	}
	return b.String()
}
