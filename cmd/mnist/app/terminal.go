package app

import (
	"fmt"
	"io"
	"strings"

	"anneal/internal/terminal"
)

// terminal reports whether the log is text on a terminal.
func (c *console) terminal(f logFlags) bool {
	return !f.Quiet && f.LogFormat == "text" && terminal.Of(c.stderr).Width > 0
}

// next prints commands to go on with, which can be copied.
func (c *console) next(commands []string) {
	fmt.Fprintln(c.stderr, "next:")
	for _, command := range commands {
		fmt.Fprintln(c.stderr, terminal.Of(c.stderr).Command("  "+printable(command)))
	}
}

// say writes lines as fmt.Fprintf does, on a terminal broken between words.
func say(w io.Writer, format string, args ...any) error {
	lines := strings.Split(fmt.Sprintf(format, args...), "\n")
	for i, line := range lines {
		lines[i] = terminal.Of(w).Wrap(line)
	}
	_, err := io.WriteString(w, strings.Join(lines, "\n"))
	return err
}
