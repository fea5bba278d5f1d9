package app

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"anneal/runs"
)

// The notes of a run in config.json.
const (
	noteCommand   = "command"   // the command line that repeats the run in another folder
	noteArguments = "arguments" // the arguments of the command line that began the run
	noteData      = "data"      // where the run's data set is: an absolute path, or the spec of a generated set

	noteRecipe = "recipe" // the recipe of its settings: a name, or the absolute path of a file

	noteOptions = "data_options" // how it is read, as in a source.Spec; absent: without options
)

// commandOf returns the command line that repeats, in another folder, what this program does with arguments.
func (p *program) commandOf(arguments []string) string {
	words := []string{p.command}
	for _, a := range without(arguments, "--out", "--resume") {
		words = append(words, quote(a))
	}
	return strings.Join(words, " ")
}

// repeat returns the command line that repeats the run of a record, or "" if the notes do not say how the run began.
func (p *program) repeat(r *runs.Record) string {
	arguments := argumentsOf(r)
	if arguments == nil {
		return ""
	}
	trains := len(arguments) == 0 || arguments[0] == "train" || strings.HasPrefix(arguments[0], "-")
	if trains && r.Epochs != epochsOf(arguments) {
		// The run was resumed for more epochs. A run of that many epochs from the start computes the same.
		arguments = append(without(arguments, "--epochs"), "--epochs", strconv.Itoa(r.Epochs))
	}
	return p.commandOf(arguments)
}

// argumentsOf returns the arguments that began the run, or nil if its notes do not have them.
func argumentsOf(r *runs.Record) []string {
	switch list := r.Notes[noteArguments].(type) {
	case []string:
		return list
	case []any: // from JSON
		words := make([]string, len(list))
		for i, w := range list {
			words[i] = fmt.Sprint(w)
		}
		return words
	}
	return nil
}

// without returns arguments without some flags and their values.
func without(arguments []string, flags ...string) []string {
	var rest []string
	for i := 0; i < len(arguments); i++ {
		flag, _, whole := strings.Cut(arguments[i], "=")
		switch {
		case !slices.Contains(flags, flag):
			rest = append(rest, arguments[i])
		case !whole:
			i++
		}
	}
	return rest
}

// epochsOf returns how many epochs arguments ask for: by themselves, by their recipe, or 10, the program's default.
func epochsOf(arguments []string) int {
	recipe := recipeFlag(valueOf(arguments, "--recipe"))
	n, err := strconv.Atoi(cmp.Or(valueOf(arguments, "--epochs"), recipe.value("epochs")))
	if err != nil {
		return 10
	}
	return n
}

// valueOf returns the last value of a flag in arguments, or "".
func valueOf(arguments []string, flag string) (value string) {
	for i, a := range arguments {
		if v, ok := strings.CutPrefix(a, flag+"="); ok {
			value = v
		}
		if a == flag && i+1 < len(arguments) {
			value = arguments[i+1]
		}
	}
	return value
}

// quote writes a word so that a shell reads it as it is.
func quote(word string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=:,+@%"
	if word != "" && strings.Trim(word, plain) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
