package app

import (
	"fmt"
	"io"
	"strings"

	"anneal/internal/printable"
	"anneal/internal/terminal"
)

// terminal reports whether the log is text on a terminal.
func (c *console) terminal(f logFlags) bool {
	return !f.Quiet && f.LogFormat == "text" && terminal.Of(c.stderr).Width > 0
}

// next prints commands to go on with, which can be copied, and remarks, which begin with #.
func (c *console) next(commands []string) {
	fmt.Fprintln(c.stderr, "next:")
	screen := terminal.Of(c.stderr)
	for _, command := range commands {
		line := "  " + printable.Line(command)
		if strings.HasPrefix(command, "#") {
			line = screen.Wrap(line)
		} else {
			line = screen.Command(line)
		}
		fmt.Fprintln(c.stderr, line)
	}
}

// say writes lines as fmt.Fprintf does, on a terminal broken between words.
func say(w io.Writer, format string, args ...any) error {
	lines, screen := strings.Split(fmt.Sprintf(format, args...), "\n"), terminal.Of(w)
	for i, line := range lines {
		lines[i] = screen.Wrap(line)
	}
	_, err := io.WriteString(w, strings.Join(lines, "\n"))
	return err
}
