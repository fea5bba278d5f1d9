package app

import (
	"fmt"
	"io"
	"strings"

	"anneal/internal/terminal"
	"anneal/view/report"
)

// curveFlag says whether a command draws its figure as text.
type curveFlag struct {
	Curve string `enum:"auto,always,never" default:"auto" placeholder:"WHEN" help:"${curve}"`
}

// draw draws a figure: on a terminal, and elsewhere if that is asked for.
func (f curveFlag) draw(w io.Writer, figure report.Figure) error {
	screen := terminal.Of(w)
	if f.Curve == "never" || f.Curve == "auto" && screen.Width == 0 {
		return nil
	}
	_, err := fmt.Fprintln(w, strings.Join(figure.Text(screen), "\n"))
	return err
}
