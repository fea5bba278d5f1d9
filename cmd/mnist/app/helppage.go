package app

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// helpPage is the help of the program or of a command: what a terminal shows and what the manual has.
type helpPage struct {
	usage  string
	blocks []string // paragraphs, and lines of examples, which begin with a tab
	groups []helpGroup
}

// helpGroup is a list of arguments, flags or commands.
type helpGroup struct {
	title string
	rows  [][2]string // what to type, and what it does
}

// newHelpPage returns the help of a command, or of the program if node is that.
func newHelpPage(app *kong.Application, node *kong.Node) helpPage {
	page := helpPage{usage: app.Name + node.Summary()}
	if node != app.Node {
		page.usage = app.Name + " " + node.Summary()
	}
	for _, text := range []string{node.Help, node.Detail} {
		for block := range strings.SplitSeq(text, "\n\n") {
			if block != "" {
				page.blocks = append(page.blocks, block)
			}
		}
	}
	arguments := helpGroup{title: "Arguments:"}
	for _, a := range node.Positional {
		arguments.rows = append(arguments.rows, [2]string{a.Summary(), a.Help})
	}
	page.add(arguments)
	flags := []helpGroup{{title: "Flags:"}}
	for _, level := range node.AllFlags(true) {
		for _, f := range level {
			add(&flags, f.Group, [2]string{flagText(f), f.Help})
		}
	}
	page.add(flags...)
	var commands []helpGroup
	for _, c := range node.Children {
		if !c.Hidden {
			add(&commands, c.Group, [2]string{c.Name, c.Help})
		}
	}
	page.add(commands...)
	return page
}

// add adds groups that have rows.
func (h *helpPage) add(groups ...helpGroup) {
	for _, g := range groups {
		if len(g.rows) > 0 {
			h.groups = append(h.groups, g)
		}
	}
}

// add adds a row to the group of that title, or to the first one if there is none.
func add(groups *[]helpGroup, group *kong.Group, row [2]string) {
	if group == nil {
		(*groups)[0].rows = append((*groups)[0].rows, row)
		return
	}
	for i, g := range *groups {
		if g.title == group.Title {
			(*groups)[i].rows = append(g.rows, row)
			return
		}
	}
	*groups = append(*groups, helpGroup{group.Title, [][2]string{row}})
}

// flagText returns what to type for a flag.
func flagText(f *kong.Flag) string {
	text := "--" + f.Name
	if f.Short != 0 {
		text = fmt.Sprintf("-%c, %s", f.Short, text)
	}
	if !f.IsBool() && !f.IsCounter() {
		text += "=" + f.FormatPlaceHolder()
	}
	return text
}
