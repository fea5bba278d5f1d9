package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// command is what to type to repeat r in a new folder, "" if its record does not tell.
func (r *Run) command() string {
	arguments := r.arguments()
	if arguments == nil {
		return ""
	}
	if trains := len(arguments) == 0 || arguments[0] == "train" || strings.HasPrefix(arguments[0], "-"); trains && r.Record.Epochs != epochsOf(arguments) {
		// It was resumed for longer, which is as if it had been so long from the start.
		arguments = append(without(arguments, "--epochs"), "--epochs", strconv.Itoa(r.Record.Epochs))
	}
	return Command(arguments)
}

// Command is what to type for the program to do again what it was told with arguments, in another folder.
func Command(arguments []string) string {
	words := []string{"go run ./cmd/mnist"}
	for _, a := range without(arguments, "--out", "--resume") {
		words = append(words, quote(a))
	}
	return strings.Join(words, " ")
}

// without is arguments without some flags and their values.
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

// epochsOf is how many epochs arguments ask for, or 10, the program's default.
func epochsOf(arguments []string) int {
	n := 10
	for i, a := range arguments {
		value, whole := strings.CutPrefix(a, "--epochs=")
		if a == "--epochs" && i+1 < len(arguments) {
			value, whole = arguments[i+1], true
		}
		if v, err := strconv.Atoi(value); whole && err == nil {
			n = v
		}
	}
	return n
}

// arguments are those of the command line that the run was started with: strings, or any after JSON.
func (r *Run) arguments() []string {
	switch list := r.record().Notes["arguments"].(type) {
	case []string:
		return list
	case []any:
		words := make([]string, len(list))
		for i, w := range list {
			words[i] = fmt.Sprint(w)
		}
		return words
	}
	return nil
}

// quote writes a word so that a shell reads it as it is.
func quote(word string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=:,+@%"
	if word != "" && strings.Trim(word, plain) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
