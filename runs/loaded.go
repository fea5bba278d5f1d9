package runs

import (
	"fmt"
	"strings"
)

// Loaded says what became of each tensor of a model and of the file that it was loaded from.
type Loaded struct {
	File   string
	Dict   string   // where in the file the tensors are; "" if they are all that it holds
	Prefix string   // of the names in the file, which are read without it
	Taken  []string // from the file
	Absent []string // unchanged, since the file has none of these counters and need not have them
	Left   []string // unchanged, since only others were asked for
	Anew   []string // unchanged, since that was asked for
	Unused []string // in the file and not used, since only others were asked for
}

// Notes says in whole sentences what a user may not expect of the file: where in it the weights were, and what was left
// out of their names.
func (l *Loaded) Notes() (list []string) {
	if l.Dict != "" {
		list = append(list, fmt.Sprintf("%s has the weights at %q, one dict of several values", l.File, l.Dict))
	}
	if l.Prefix != "" {
		list = append(list, fmt.Sprintf("%s: the names were read without %q, which a wrapper put before them",
			l.File, l.Prefix))
	}
	if len(l.Absent) > 0 {
		list = append(list, fmt.Sprintf("%s has no %s: they are as they were", l.File, strings.Join(l.Absent, ", ")))
	}
	return list
}
