package app

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"anneal/internal/kernels"
	"anneal/internal/longtest"
)

// TestDocs runs the commands that README.md and the pages in docs show, and compares what they print with what the
// pages say they print.
//
// A comment in front of a fenced block says what to do with it:
//
//	<!-- test -->   a line that begins with "$ " is a command, and the lines after it are what it prints
//	<!-- file: PATH -->   the block is a Go file: the page's commands are built with it at PATH of this module
//	<!-- line: PATH after TEXT -->   the block is one line: they are built with it after the first line of PATH with TEXT
//
// Two more words may follow test. "simd" restricts the block to the AVX2 and AVX-512 kernels, whose digits it shows.
// "start" stops a command that would run for long, as soon as it has printed what the block shows.
//
// The commands of a page run from top to bottom in one new folder, in which digit.png is a picture of a digit. An …
// stands for any text that a command prints.
func TestDocs(t *testing.T) {
	longtest.SkipIfShort(t, "trains for seconds and builds programs")
	for _, path := range pages(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			blocks := fences(string(content(t, path)))
			program := builder(t, blocks)
			dir := t.TempDir()
			write(t, filepath.Join(dir, "digit.png"), content(t, "..", "..", "..", "deploy", "predict", "testdata", "digit.png"))
			for _, b := range blocks {
				mark := strings.Fields(b.mark)
				if len(mark) == 0 || mark[0] != "test" {
					continue
				}
				if slices.Contains(mark, "simd") && kernels.Variant() == "generic" {
					t.Logf("line %d: not run, because the kernels are generic", b.line)
					continue
				}
				for _, e := range b.examples() {
					e.check(t, program, dir, slices.Contains(mark, "start"))
				}
			}
		})
	}
}

// TestDocsCommands parses the other commands that README.md and docs show in fenced blocks, so that no page names a
// flag or a setting that does not exist.
func TestDocsCommands(t *testing.T) {
	longtest.SkipIfRace(t, "parses dozens of command lines")
	parsed := 0
	for _, path := range pages(t) {
		for _, b := range fences(string(content(t, path))) {
			if strings.HasPrefix(b.mark, "test") {
				continue
			}
			for line := range strings.SplitSeq(b.text, "\n") {
				args := words(line)
				if len(args) < 3 || strings.Join(args[:3], " ") != "go run ./cmd/mnist" {
					continue
				}
				parsed++
				var stderr strings.Builder
				if code := run(t.Context(), append(args[3:], "--help"), io.Discard, &stderr); code != exitOK {
					t.Errorf("%s: %s\n%s", filepath.Base(path), line, &stderr)
				}
			}
		}
	}
	if parsed == 0 {
		t.Error("found no command")
	}
}

var link = regexp.MustCompile(`\]\(([^)#: "]+)(#[^) ]*)?\)`)

// TestDocsLinks checks that the files that the pages link to exist.
func TestDocsLinks(t *testing.T) {
	for _, path := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(string(content(t, path)), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), filepath.FromSlash(m[1]))); err != nil {
				t.Errorf("%s: %v", filepath.Base(path), err)
			}
		}
	}
}

// pages returns the paths of the pages that people read.
func pages(t *testing.T) []string {
	t.Helper()
	root := filepath.Join("..", "..", "..")
	list, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	if len(list) == 0 {
		t.Fatal("found no pages in docs")
	}
	for _, page := range []string{"README.md", "README.zh-CN.md", "CONTRIBUTING.md"} {
		list = append(list, filepath.Join(root, page))
	}
	return list
}

// fence is a fenced block of a page.
type fence struct {
	line int    // of its first line of text, from 1
	mark string // what the comment in front of it says; "" without one
	text string
}

var comment = regexp.MustCompile(`^<!-- (.*) -->$`)

// fences returns the fenced blocks of a page.
func fences(page string) []fence {
	var list []fence
	mark, inside := "", false
	for i, line := range strings.Split(page, "\n") {
		switch opens := strings.HasPrefix(line, "```"); {
		case opens && !inside:
			list, inside = append(list, fence{line: i + 2, mark: mark}), true
		case opens:
			inside, mark = false, ""
		case inside:
			list[len(list)-1].text += line + "\n"
		default:
			mark = ""
			if m := comment.FindStringSubmatch(line); m != nil {
				mark = m[1]
			}
		}
	}
	return list
}

// example is a command of a page and what it prints there.
type example struct {
	line    int
	command string
	output  string
}

// examples returns the commands of a block.
func (f fence) examples() []example {
	var list []example
	for i, line := range strings.Split(strings.TrimSuffix(f.text, "\n"), "\n") {
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			list = append(list, example{line: f.line + i, command: command})
		} else if len(list) > 0 {
			list[len(list)-1].output += line + "\n"
		}
	}
	return list
}

// check runs e in dir and compares what it prints, on stdout and stderr together. With start it stops the command when
// that has printed enough.
func (e example) check(t *testing.T, program func(folder string) string, dir string, start bool) {
	t.Helper()
	args := words(e.command)
	if len(args) < 3 || args[0] != "go" || args[1] != "run" {
		t.Errorf("line %d: %s: a tested command begins with go run", e.line, e.command)
		return
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	got := &printed{want: e.pattern(start), stop: func() {}}
	if start {
		got.stop = stop
	}
	c := exec.CommandContext(ctx, program(args[2]), args[3:]...)
	c.Dir, c.Env, c.Stdout, c.Stderr = dir, append(os.Environ(), asProgram+"=1"), got, got
	if err := c.Run(); err != nil && c.ProcessState == nil {
		t.Fatal(err)
	}
	if !got.matches() {
		t.Errorf("line %d: %s printed\n%s\nwant\n%s", e.line, e.command, &got.text, e.output)
	}
}

// pattern returns what matches e's output, or with start what begins with it.
func (e example) pattern(start bool) *regexp.Regexp {
	pattern := "^" + strings.ReplaceAll(regexp.QuoteMeta(e.output), "…", "(?s:.*?)")
	if !start {
		pattern += "$"
	}
	return regexp.MustCompile(pattern)
}

// printed is what a command prints. It calls stop when that is what is wanted.
type printed struct {
	text strings.Builder
	want *regexp.Regexp
	stop func()
}

func (p *printed) matches() bool { return p.want.MatchString(p.text.String()) }

func (p *printed) Write(b []byte) (int, error) {
	p.text.Write(b)
	if p.matches() {
		p.stop()
	}
	return len(b), nil
}

// builder returns a function that returns the program of a folder of this module, as built with the files and lines
// that the blocks add. The command itself, with nothing added to it, is the test's own program.
func builder(t *testing.T, blocks []fence) func(folder string) string {
	t.Helper()
	dir := t.TempDir()
	root, err := filepath.Abs(filepath.Join("..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	replace, changed := map[string]string{}, false
	// text returns the text of the file at path, with what earlier blocks have changed in it.
	text := func(path string) string {
		if changed, ok := replace[path]; ok {
			path = changed
		}
		return string(content(t, path))
	}
	add := func(path, text string) {
		temp := filepath.Join(dir, strings.ReplaceAll(path[len(root)+1:], string(filepath.Separator), "_"))
		write(t, temp, []byte(text))
		replace[path] = temp
	}
	for _, b := range blocks {
		if name, ok := strings.CutPrefix(b.mark, "file: "); ok {
			add(filepath.Join(root, filepath.FromSlash(name)), b.text)
			continue
		}
		place, ok := strings.CutPrefix(b.mark, "line: ")
		if !ok {
			continue
		}
		name, after, _ := strings.Cut(place, " after ")
		path := filepath.Join(root, filepath.FromSlash(name))
		before, rest, found := strings.Cut(text(path), after)
		rest, tail, _ := strings.Cut(rest, "\n")
		if !found {
			t.Fatalf("line %d: %s has no line with %s", b.line, name, after)
		}
		add(path, before+after+rest+"\n"+b.text+tail)
		changed = true
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "overlay.json"), overlay)

	return func(folder string) string {
		if folder == "./cmd/mnist" && !changed {
			own, err := os.Executable()
			if err != nil {
				t.Fatal(err)
			}
			return own
		}
		program := filepath.Join(dir, filepath.Base(folder)+".exe")
		if _, err := os.Stat(program); err != nil {
			build := exec.CommandContext(t.Context(), "go", "build", "-overlay", filepath.Join(dir, "overlay.json"),
				"-o", program, folder)
			build.Dir = root
			if out, err := build.CombinedOutput(); err != nil {
				t.Fatalf("go build %s: %v\n%s", folder, err, out)
			}
		}
		return program
	}
}

// words splits a command as a shell does: at spaces, except within single quotes, and up to a comment or a redirection.
func words(command string) []string {
	var list []string
	word, quoted, begun := "", false, false
	for _, r := range command + " " {
		switch {
		case r == '\'':
			quoted, begun = !quoted, true
		case quoted || r != ' ' && (begun || r != '#' && r != '>'):
			word, begun = word+string(r), true
		case r == '#' || r == '>':
			return list
		case begun:
			list, word, begun = append(list, word), "", false
		}
	}
	return list
}
