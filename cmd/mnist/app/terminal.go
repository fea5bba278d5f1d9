package app

import (
	"cmp"
	"io"
	"os"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
	"golang.org/x/term"
)

// Colours, as terminals take them.
const (
	bold   = "1"
	red    = "31"
	green  = "32"
	yellow = "33"
)

// paint returns a line in a colour, or as it is without one or if colours is false.
func paint(line, colour string, colours bool) string {
	if colour == "" || !colours {
		return line
	}
	return "\x1b[" + colour + "m" + line + "\x1b[0m"
}

// terminal reports whether the log is text on a terminal.
func (c *console) terminal(f logFlags) bool {
	file, ok := c.stderr.(*os.File)
	return ok && !f.Quiet && f.LogFormat == "text" && term.IsTerminal(int(file.Fd()))
}

// colours reports whether the log on a terminal may have colours: see no-color.org.
func (c *console) colours() bool {
	file, ok := c.stderr.(*os.File)
	return ok && term.IsTerminal(int(file.Fd())) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// width returns the number of columns of the terminal that the log is on, 0 if it is on none.
func (c *console) width() int { return widthOf(c.stderr) }

// widthOf returns the number of columns of the terminal that w writes to, 0 if it is none.
func widthOf(w io.Writer) int {
	if o, ok := w.(*output); ok {
		w = o.Writer
	}
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return 0
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil {
		return 80
	}
	return cmp.Or(width, 80)
}

// wrap breaks a line between words so that each part has at most width columns, if its words do. The parts after the
// first are indented. A width of 0 leaves the line as it is.
func wrap(line string, width int) string {
	if width == 0 || text.StringWidthWithoutEscSequences(line) <= width {
		return line
	}
	var b strings.Builder
	used := 0
	for i, word := range strings.Split(line, " ") {
		n := text.StringWidthWithoutEscSequences(word)
		switch {
		case i == 0:
		case used+1+n <= width:
			b.WriteByte(' ')
			used++
		default:
			b.WriteString("\n  ")
			used = 2
		}
		b.WriteString(word)
		used += n
	}
	return b.String()
}
