package app

import (
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"anneal/internal/longtest"
)

// TestTranslations compares pages with their Chinese translations: section by section both have the same commands,
// pictures, links and numbers. A number that one language writes with digits, the other does, too.
func TestTranslations(t *testing.T) {
	for _, page := range []string{"README", "docs/tutorial"} {
		path := filepath.Join("..", "..", "..", filepath.FromSlash(page))
		english, chinese := sections(string(content(t, path+".md"))), sections(string(content(t, path+".zh-CN.md")))
		if len(english) != len(chinese) {
			t.Errorf("%s: %d headings, in Chinese %d", page, len(english), len(chinese))
			continue
		}
		for i, e := range english {
			c := chinese[i]
			if e.level != c.level {
				t.Errorf("%s: heading %q is of level %d, %q of %d", page, e.title, e.level, c.title, c.level)
			}
			for _, kind := range []struct {
				name     string
				got, has []string
			}{
				{"blocks", c.blocks, e.blocks},
				{"pictures", c.pictures, e.pictures},
				{"links", c.links, e.links},
				{"numbers", c.numbers, e.numbers},
			} {
				if !slices.Equal(kind.got, kind.has) {
					t.Errorf("%s: %q and %q: %s differ: %s", page, e.title, c.title, kind.name, differ(kind.has, kind.got))
				}
			}
		}
	}
}

// TestTutorialLessons compares the lessons that the tutorial links to, by section, with those of the playground.
func TestTutorialLessons(t *testing.T) {
	var want, got []string
	lessons := content(t, "..", "..", "..", "view", "play", "page", "lessons.js")
	for _, m := range regexp.MustCompile(`"id": "(\w+)", "section": "([0-9.]+)"`).FindAllSubmatch(lessons, -1) {
		want = append(want, fmt.Sprintf("%s %s", m[2], m[1]))
	}
	for _, s := range sections(string(content(t, "..", "..", "..", "docs", "tutorial.md"))) {
		number, _, _ := strings.Cut(s.title, " ")
		for _, l := range s.links {
			if _, lesson, ok := strings.Cut(l, "#lesson="); ok {
				got = append(got, number+" "+lesson)
			}
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if len(want) == 0 || !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// section is what a page has between two headings, and what a translation must have as well.
type section struct {
	level  int
	title  string
	blocks []string // fenced blocks without comments

	pictures, links, numbers []string // sorted
}

var (
	heading = regexp.MustCompile(`^(#+) (.*)$`)
	remark  = regexp.MustCompile(`\s+# .*$`)
	drawn   = regexp.MustCompile(`!\[[^\]]*\]\(([^)]*)\)`)
	target  = regexp.MustCompile(`\]\(([^)]*)\)`)
	digits  = regexp.MustCompile(`[0-9]+(?:[.,][0-9]+)*`)
)

// sections cuts a page at its headings. The languages link to one another in the text before the second heading, so
// links between them do not count.
func sections(page string) []section {
	list := []section{{}}
	inside := false
	for line := range strings.Lines(page) {
		line = strings.TrimRight(line, "\n")
		s := &list[len(list)-1]
		switch m := heading.FindStringSubmatch(line); {
		case strings.HasPrefix(line, "```"):
			if inside = !inside; inside {
				s.blocks = append(s.blocks, "")
			}
			continue
		case inside:
			s.blocks[len(s.blocks)-1] += remark.ReplaceAllString(line, "") + "\n"
			continue
		case comment.MatchString(line):
			continue
		case m != nil:
			list = append(list, section{level: len(m[1]), title: m[2]})
			s = &list[len(list)-1]
			line = m[2]
		}
		for _, m := range drawn.FindAllStringSubmatch(line, -1) {
			s.pictures = append(s.pictures, m[1])
		}
		for _, m := range target.FindAllStringSubmatch(drawn.ReplaceAllString(line, ""), -1) {
			if file, _, _ := strings.Cut(m[1], "#"); file != "" && !strings.Contains(file, "tutorial") &&
				!strings.Contains(file, "README.") {
				s.links = append(s.links, m[1])
			}
		}
		for _, n := range digits.FindAllString(target.ReplaceAllString(line, "]"), -1) {
			s.numbers = append(s.numbers, strings.ReplaceAll(n, ",", ""))
		}
	}
	for _, s := range list {
		slices.Sort(s.pictures)
		slices.Sort(s.links)
		slices.Sort(s.numbers)
	}
	return list
}

// differ says which strings only one of two lists has.
func differ(english, chinese []string) string {
	only := func(a, b []string) []string {
		rest := slices.Clone(b)
		var list []string
		for _, s := range a {
			if i := slices.Index(rest, s); i >= 0 {
				rest = slices.Delete(rest, i, i+1)
			} else {
				list = append(list, s)
			}
		}
		return list
	}
	return fmt.Sprintf("only in English %q, only in Chinese %q", only(english, chinese), only(chinese, english))
}

// TestTutorialCommands parses the commands of the tutorial, those of its table of promises too.
func TestTutorialCommands(t *testing.T) {
	longtest.SkipIfRace(t, "parses dozens of command lines")
	for _, command := range tutorial(t) {
		var stderr strings.Builder
		if code := run(t.Context(), append(command, "--help"), io.Discard, &stderr); code != exitOK {
			t.Errorf("%q\n%s", command, &stderr)
		}
	}
}

// TestTutorialRuns runs the tutorial's trainings for an epoch of few images, with ANNEAL_LONG its studies, too, from
// one seed.
func TestTutorialRuns(t *testing.T) {
	longtest.SkipIfShort(t, "trains a dozen networks for a moment")
	longtest.SkipIfRace(t, "trains a dozen networks for a moment")
	commands := tutorial(t)
	t.Chdir(t.TempDir())
	for i, command := range commands {
		short := []string{"--quiet", "--train-limit=640"}
		switch command[0] {
		case "compare":
			short = append(short, "--epochs=1", "--seed=1", "--out", fmt.Sprintf("study-%d", i))
			if slices.Contains(command, "stability") || slices.Contains(command, "norms") {
				short = append(short, "--lr=0.1", "--batch=64,128,256")
			}
		case "summary", "data":
			short = nil
		case "schedule", "report", "lrfind": // the first runs in TestDocs; the others want what is trained at length
			continue
		default:
			short = append(short, "--epochs=1", "--out", fmt.Sprintf("run-%d", i))
		}
		long := command[0] == "compare" && !longtest.Full() || slices.Contains(command, "resnet8")
		if long || slices.Contains(command, "--live") {
			continue
		}
		var stderr strings.Builder
		if code := run(t.Context(), append(command, short...), io.Discard, &stderr); code != exitOK {
			t.Errorf("%q\n%s", command, &stderr)
		}
	}
}

// tutorial returns the commands of docs/tutorial.md: in fenced blocks, and as code in the last column of its last
// table. Those of examples/deep become commands of mnist, for its own networks.
func tutorial(t *testing.T) [][]string {
	t.Helper()
	var lines []string
	page := string(content(t, "..", "..", "..", "docs", "tutorial.md"))
	for _, b := range fences(page) {
		for line := range strings.SplitSeq(b.text, "\n") {
			if line = strings.TrimPrefix(line, "$ "); strings.HasPrefix(line, "go run ") {
				lines = append(lines, line)
			}
		}
	}
	if _, table, ok := strings.Cut(page, "\n| section "); ok {
		for line := range strings.Lines(table) {
			if !strings.HasPrefix(line, "|") {
				break
			}
			cells := strings.Split(line, " | ")
			for i, code := range strings.Split(cells[len(cells)-1], "`") {
				if i%2 == 1 {
					lines = append(lines, code)
				}
			}
		}
	}
	var list [][]string
	for _, line := range lines {
		args := words(strings.TrimPrefix(line, "go run ./cmd/mnist "))
		if len(args) > 5 && args[2] == "./examples/deep" {
			args = append([]string{"compare", "--model", "lenet,lenet-bn"}, args[6:]...)
		}
		list = append(list, args)
	}
	if len(list) < 30 {
		t.Fatalf("found %d commands: %q", len(list), list)
	}
	return list
}
