package app

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"anneal/internal/terminal"
	"anneal/runs"
)

// epochRows makes the table of a run's epochs for a terminal, row by row as they end. A row has the columns that there
// is room for. A star marks an epoch that is the best so far, if something chooses.
type epochRows struct {
	start  runs.Start
	epochs []runs.Epoch
	heads  []string // of the last row
}

// column is a cell of a row under its head.
type column struct {
	rank       int // columns of higher ranks are left out first
	head, cell string
}

// width returns the number of a terminal's columns that c takes.
func (c column) width() int {
	const number = 8
	return max(terminal.Width(c.head), terminal.Width(c.cell), number)
}

// add returns the row of an epoch for a screen, and before it a head if the columns are others than those of the row
// above. The head is bold, the best epoch green, and a network that guesses yellow.
func (t *epochRows) add(e runs.Epoch, screen terminal.Screen) []string {
	t.epochs = append(t.epochs, e)
	list := fit(t.columns(e), screen.Width)
	heads, cells := make([]string, len(list)), make([]string, len(list))
	for i, c := range list {
		heads[i] = text.AlignRight.Apply(c.head, c.width())
		cells[i] = text.AlignRight.Apply(c.cell, c.width())
	}
	var lines []string
	if !slices.Equal(heads, t.heads) {
		t.heads = heads
		lines = append(lines, screen.Paint("  "+strings.Join(heads, "  "), terminal.Bold))
	}
	mark, colour := "  ", ""
	if t.start.By != "" && runs.Choose(t.epochs, t.start.By, t.start.Best).Epoch == e.Epoch {
		mark, colour = "* ", terminal.Green
	}
	if e.Guessing != nil && *e.Guessing {
		colour = terminal.Yellow
	}
	return append(lines, screen.Paint(mark+strings.Join(cells, "  "), colour))
}

// columns returns all that there is to show of an epoch.
func (t *epochRows) columns(e runs.Epoch) []column {
	list := []column{
		{0, "epoch", fmt.Sprintf("%d/%d", e.Epoch, t.start.Epochs)},
		{1, "train loss", lossText(e.TrainLoss)},
	}
	add := func(rank int, head, cell string) { list = append(list, column{rank, head, cell}) }
	pair := func(name string, loss float64, accuracy *float64, rank int) {
		if accuracy == nil {
			add(rank, name+" loss", lossText(loss))
			return
		}
		add(rank+4, name+" loss", lossText(loss))
		add(rank, name+" acc", percent(*accuracy))
	}
	if e.ValidationLoss != nil {
		pair("val", *e.ValidationLoss, e.ValidationAccuracy, 2)
	}
	accuracy := &e.TestAccuracy
	if e.NoClasses {
		accuracy = nil
	}
	pair("test", e.TestLoss, accuracy, 3)
	if a := e.Average(); a.TestAccuracy != nil {
		add(9, a.Name+" acc", percent(*a.TestAccuracy))
	} else if a.TestLoss != nil {
		add(9, a.Name+" loss", lossText(*a.TestLoss))
	}
	for i, m := range e.Metrics {
		if m.Test != nil && (m.Name != string(runs.ByAccuracy) || e.NoClasses) {
			add(10+i, m.Name, fmt.Sprintf("%.4g", *m.Test))
		}
	}
	if len(e.LR) > 0 {
		add(4, "rate", fmt.Sprintf("%.3g", e.LR[0]))
	}
	add(5, "seconds", fmt.Sprintf("%.1f", e.TrainSeconds+e.TestSeconds))
	return list
}

// fit leaves out columns, those of the highest ranks first, until width has room for the others.
func fit(list []column, width int) []column {
	for len(list) > 1 {
		total := 1 // the last column stays empty: some terminals begin another line after it
		for _, c := range list {
			total += 2 + c.width()
		}
		if total <= width {
			break
		}
		last := 0
		for i, c := range list {
			if c.rank > list[last].rank {
				last = i
			}
		}
		list = slices.Delete(list, last, last+1)
	}
	return list
}

// lossText returns a loss in at most eight columns.
func lossText(v float64) string {
	if math.Abs(v) < 1000 {
		return fmt.Sprintf("%.4f", v)
	}
	return fmt.Sprintf("%.2e", v)
}

func percent(v float64) string { return fmt.Sprintf("%.2f%%", 100*v) }
