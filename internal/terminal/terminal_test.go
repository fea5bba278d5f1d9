package terminal

import (
	"bytes"
	"strings"
	"testing"
)

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		line  string
		width int
		want  string
	}{
		{"one two three", 0, "one two three"},
		{"one two three", 13, "one two three"},
		{"one two three", 9, "one two\n  three"},
		{"学习 率 太大", 7, "学习 率\n  太大"},
		{"/a/long/path/without/spaces", 10, "/a/long/path/without/spaces"},
		{"\x1b[33mwarning:\x1b[0m a b", 10, "\x1b[33mwarning:\x1b[0m a\n  b"},
	} {
		if got := (Screen{Width: c.width}).Wrap(c.line); got != c.want {
			t.Errorf("%q at %d: got %q, want %q", c.line, c.width, got, c.want)
		}
	}
}

// A shell reads a command that is broken as it reads the whole one: no quoted word is.
func TestCommand(t *testing.T) {
	const line = "mnist train --solver 'Adam(lr=0.1, eps=1)' --out runs/x"
	want := "mnist train --solver \\\n    'Adam(lr=0.1, eps=1)' \\\n    --out runs/x"
	if got := (Screen{Width: 22}).Command(line); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := (Screen{Width: 200}).Command(line); got != line {
		t.Errorf("got %q, want it whole", got)
	}
}

func TestCut(t *testing.T) {
	for line, want := range map[string]string{
		"lenet, step": "lenet, step", "lenet, step, lr": "lenet, step…", "学习率, 固定的设置": "学习率…",
		"MultiStepLR(milestones)": "MultiStepLR…", "学习率调度器设置": "学习率调度…",
	} {
		if got := Cut(line, 12); got != want {
			t.Errorf("%q: got %q, want %q", line, got, want)
		}
	}
}

// A table counts the columns of wide characters, and breaks its cells between words; where that is not enough, each row
// is a paragraph.
func TestColumns(t *testing.T) {
	rows := [][]string{{"name", "rate"}, {"固定 of words", "1"}, {"step", "10"}}
	for width, want := range map[int]string{
		0:  "name           rate\n固定 of words     1\nstep             10",
		16: "name        rate\n固定 of        1\nwords\nstep          10",
		9:  "name\n  固定 of\n  words\nrate\n  1\n\nname\n  step\nrate\n  10",
	} {
		if got := strings.Join((Screen{Width: width}).Columns(1, rows), "\n"); got != want {
			t.Errorf("width %d: got\n%s\nwant\n%s", width, got, want)
		}
	}
	if got := (Screen{Colours: true}).Columns(1, rows)[0]; got != "\x1b[1mname           rate\x1b[0m" {
		t.Errorf("got the head %q, want it bold", got)
	}
}

// What the environment says of colours and characters.
func TestEnvironment(t *testing.T) {
	for _, c := range []struct {
		set                        string // variables
		file, terminal, characters bool
	}{
		{"", false, true, false},
		{"LANG=zh_CN.UTF-8", false, true, true},
		{"LANG=en_US.UTF-8 LC_ALL=C", false, true, false},
		{"LC_CTYPE=C.utf8", false, true, true},
		{"TERM=dumb LANG=C.UTF-8", false, false, false},
		{"NO_COLOR=1 CLICOLOR_FORCE=1", false, false, false},
		{"CLICOLOR=0", false, false, false},
		{"CLICOLOR=1", false, true, false},
		{"CLICOLOR_FORCE=1 TERM=dumb", true, true, false},
		{"CLICOLOR_FORCE=0", false, true, false},
	} {
		variables := map[string]string{}
		for _, v := range strings.Fields(c.set) {
			name, value, _ := strings.Cut(v, "=")
			variables[name] = value
		}
		getenv := func(name string) string { return variables[name] }
		file, tty, unicode := coloursOf(getenv, false), coloursOf(getenv, true), unicodeOf(getenv)
		if file != c.file || tty != c.terminal || unicode != c.characters {
			t.Errorf("%s: got colours in a file %t, on a terminal %t, Unicode %t", c.set, file, tty, unicode)
		}
	}
	if s := Of(new(bytes.Buffer)); s.Width != 0 {
		t.Errorf("got %+v, want no terminal", s)
	}
}

// Characters whose width East Asian standards leave open take one column.
func TestWidth(t *testing.T) {
	for line, want := range map[string]int{"1 ± 2": 5, "━┤…–": 4, "学": 2, "\x1b[1ma\x1b[0m": 1, "⠿": 1} {
		if got := Width(line); got != want {
			t.Errorf("%q: got %d, want %d", line, got, want)
		}
	}
}
