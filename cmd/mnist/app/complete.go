package app

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"anneal/data"
	"anneal/metrics"
	"anneal/models"
	"anneal/schedules"
	"anneal/solvers"
)

// completing is the word that asks the program for completions. After it come the shell and the words of the command
// line, the last of which is to be completed.
const completing = "__complete"

// candidate is a word that a command line may go on with.
type candidate struct{ word, about string }

// candidates is a flag whose values have names.
type candidates interface{ candidates() []candidate }

func (modelFlag) candidates() []candidate {
	var list []candidate
	for _, m := range models.All() {
		list = append(list, candidate{m.Name, m.About})
	}
	return list
}

func (solverFlag) candidates() []candidate   { return calledBy(solvers.Signatures()) }
func (scheduleFlag) candidates() []candidate { return calledBy(schedules.Signatures()) }
func (augmentFlag) candidates() []candidate  { return calledBy(data.AugmentSignatures()) }
func (normFlag) candidates() []candidate     { return calledBy(models.NormSignatures()) }
func (metricsFlag) candidates() []candidate  { return calledBy(metrics.Signatures()) }
func (presetFlag) candidates() []candidate   { return named(embeddedNames("presets")) }
func (recipeFlag) candidates() []candidate   { return named(embeddedNames("recipes")) }

func (f ranged[T]) candidates() []candidate {
	if of, ok := any(f.value).(candidates); ok {
		return of.candidates()
	}
	return nil
}

// named returns names without a description.
func named(names []string) []candidate {
	var list []candidate
	for _, n := range names {
		list = append(list, candidate{n, ""})
	}
	return list
}

// calledBy returns the names of signatures such as StepLR(step_size, gamma=0.1), with these.
func calledBy(signatures []string) []candidate {
	var list []candidate
	for _, s := range signatures {
		name, _, _ := strings.Cut(s, "(")
		list = append(list, candidate{name, s})
	}
	return list
}

// complete prints the words that the command line of a shell may go on with. If there are none, the shell offers files.
func (p *program) complete(w io.Writer, app *kong.Application, shell string, words []string) error {
	words, cut := joinEquals(words)
	if len(words) == 0 {
		words = []string{""}
	}
	for _, c := range p.candidates(app, words[:len(words)-1], strings.TrimLeft(words[len(words)-1], `'"`)) {
		if shell == "bash" { // which takes what stands before = for another word
			c.word = c.word[min(cut, len(c.word)):]
		}
		if _, err := fmt.Fprintf(w, "%s\t%s\n", c.word, strings.ReplaceAll(c.about, "\n", " ")); err != nil {
			return err
		}
	}
	return nil
}

// joinEquals joins a flag, = and its value, which bash has as three words. cut is how many bytes of the last word stand
// before its value.
func joinEquals(words []string) (list []string, cut int) {
	for i, w := range words {
		last := len(list) - 1
		switch {
		case w == "=" && last >= 0:
			list[last] += w
			cut = len(list[last])
		case i > 0 && words[i-1] == "=" && last >= 0:
			list[last] += w
		default:
			list, cut = append(list, w), 0
		}
	}
	return list, cut
}
