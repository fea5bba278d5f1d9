// Package terminal lays out text for the terminal that a command writes to: lines that break between words, columns of
// a table, colours.
//
// Widths are in columns of the terminal. Chinese characters take two, and the characters whose width East Asian
// standards leave open, such as ± and box drawings, take one, as current terminals draw them.
package terminal

import (
	"cmp"
	"io"
	"os"
	"runtime"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
	"golang.org/x/term"
)

func init() { text.OverrideRuneWidthEastAsianWidth(false) } // whatever the locale

// Screen is what is known of what a command writes to.
type Screen struct {
	Width   int  // 0: it is no terminal, and lines may have any length
	Colours bool // lines may have colours
	Unicode bool // it shows characters other than ASCII's
}

// Screener is a writer that knows its screen. Other writers are looked at by Of.
type Screener interface{ Screen() Screen }

// Of returns the screen of what w writes to.
func Of(w io.Writer) Screen {
	if s, ok := w.(Screener); ok {
		return s.Screen()
	}
	s := Screen{Unicode: unicodeOf(os.Getenv)}
	file, ok := w.(*os.File)
	if ok && term.IsTerminal(int(file.Fd())) {
		width, _, err := term.GetSize(int(file.Fd()))
		if err != nil {
			width = 0
		}
		s.Width = cmp.Or(max(width, 0), 80)
	}
	s.Colours = coloursOf(os.Getenv, s.Width > 0)
	return s
}

// coloursOf reports whether to write in colours: NO_COLOR says no (no-color.org), CLICOLOR_FORCE yes, and on a terminal
// CLICOLOR=0 no (bixense.com/clicolors).
func coloursOf(getenv func(string) string, isTerminal bool) bool {
	force := getenv("CLICOLOR_FORCE")
	switch {
	case getenv("NO_COLOR") != "":
		return false
	case force != "" && force != "0":
		return true
	}
	return isTerminal && getenv("TERM") != "dumb" && getenv("CLICOLOR") != "0"
}

// unicodeOf reports whether the locale's characters are those of Unicode.
func unicodeOf(getenv func(string) string) bool {
	if getenv("TERM") == "dumb" {
		return false
	}
	locale := strings.ToUpper(cmp.Or(getenv("LC_ALL"), getenv("LC_CTYPE"), getenv("LANG")))
	return strings.Contains(locale, "UTF-8") || strings.Contains(locale, "UTF8") || runtime.GOOS == "windows"
}

// Colours, as terminals take them.
const (
	Bold   = "1"
	Red    = "31"
	Green  = "32"
	Yellow = "33"
	Cyan   = "36"
)

// Paint returns a line in a colour, or as it is without one or on a screen without colours.
func (s Screen) Paint(line, colour string) string {
	if colour == "" || !s.Colours {
		return line
	}
	return "\x1b[" + colour + "m" + line + "\x1b[0m"
}

// Width returns the number of columns that a line takes, colours apart.
func Width(line string) int { return text.StringWidthWithoutEscSequences(line) }

// Wrap breaks a line between words so that each part fits on the screen, if its words do. The parts after the first
// are indented.
func (s Screen) Wrap(line string) string { return s.Hang(line, 2) }

// Hang is Wrap whose parts after the first are indented by so many columns.
func (s Screen) Hang(line string, indent int) string {
	if s.Width == 0 || Width(line) <= s.Width {
		return line
	}
	return strings.Join(Words(line, s.Width, strings.Repeat(" ", indent)), "\n")
}

// Command breaks a command of a shell between its words, with a backslash at the end of each part but the last, so that
// it can be copied.
func (s Screen) Command(line string) string {
	if s.Width == 0 || Width(line) <= s.Width {
		return line
	}
	const space = "\x00" // that a quoted word has in it
	parts := strings.Split(line, "'")
	for i := 1; i < len(parts); i += 2 {
		parts[i] = strings.ReplaceAll(parts[i], " ", space)
	}
	words := Words(strings.Join(parts, "'"), s.Width-2, "    ")
	return strings.ReplaceAll(strings.Join(words, " \\\n"), space, " ")
}

// Words breaks a line between words into parts of at most width columns, if its words are no wider. The parts after the
// first begin with indent.
func Words(line string, width int, indent string) []string {
	var parts []string
	part, used := "", 0
	for i, word := range strings.Split(line, " ") {
		n := Width(word)
		switch {
		case i == 0:
		case used+1+n <= width:
			part, used = part+" ", used+1
		default:
			parts = append(parts, part)
			part, used = indent, Width(indent)
		}
		part, used = part+word, used+n
	}
	return append(parts, part)
}

// Cut returns as many words of a line as width has room for, with … behind them if that is not all. A first word that
// is too wide is cut, too.
func Cut(line string, width int) string {
	if Width(line) <= width {
		return line
	}
	for room := width; ; room = width - 1 {
		part := strings.TrimRight(Words(line, room, "")[0], " ,")
		if Width(part) < width || room < width {
			return text.Trim(part, max(0, width-1)) + "…"
		}
	}
}
