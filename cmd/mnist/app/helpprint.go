package app

import (
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"

	"anneal/internal/terminal"
)

// printHelp prints the help of the command that was chosen, or of the program.
func printHelp(_ kong.HelpOptions, ctx *kong.Context) error {
	node := ctx.Selected()
	if node == nil || ctx.Empty() {
		node = ctx.Model.Node
	}
	screen := terminal.Of(ctx.Stdout)
	if screen.Width == 0 {
		screen.Width = 80
		if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
			screen.Width = n
		}
	}
	_, err := io.WriteString(ctx.Stdout, strings.Join(newHelpPage(ctx.Model, node).text(screen), "\n")+"\n")
	return err
}

// text returns the lines of the page.
func (h helpPage) text(s terminal.Screen) []string {
	lines := strings.Split(s.Wrap(s.Paint("Usage:", terminal.Bold)+" "+h.usage), "\n")
	for _, block := range h.blocks {
		lines = append(lines, "")
		for line := range strings.SplitSeq(block, "\n") {
			if example, ok := strings.CutPrefix(line, "\t"); ok {
				line = s.Command("    " + example)
			} else {
				line = s.Hang(line, 0)
			}
			lines = append(lines, strings.Split(line, "\n")...)
		}
	}
	for _, g := range h.groups {
		lines = append(lines, "", s.Paint(g.title, terminal.Bold))
		lines = append(lines, g.text(s)...)
	}
	return lines
}

// text returns the rows in two columns. What is wider than the first one, or all on a narrow screen, has a line of its
// own.
func (g helpGroup) text(s terminal.Screen) []string {
	const indent, gap, narrow = "  ", "    ", 60
	left := 0
	for _, row := range g.rows {
		if n := terminal.Width(row[0]); n <= max(30, s.Width*3/8) {
			left = max(left, n)
		}
	}
	if s.Width < narrow {
		left = 0
	}
	margin := strings.Repeat(" ", len(indent)+left+len(gap))
	var lines []string
	for _, row := range g.rows {
		text := terminal.Words(row[1], s.Width-len(margin), "")
		head := indent + s.Paint(row[0], terminal.Cyan)
		if n := terminal.Width(row[0]); n <= left {
			head += strings.Repeat(" ", left-n) + gap + text[0]
			text = text[1:]
		}
		lines = append(lines, strings.TrimRight(head, " "))
		for _, line := range text {
			if line != "" {
				lines = append(lines, margin+line)
			}
		}
	}
	return lines
}
