package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"anneal/runs"
)

// The notes of a run in config.json.
const (
	noteCommand   = "command"   // what to type to repeat it in another folder
	noteArguments = "arguments" // of the command line that began it
	noteData      = "data"      // the folder of its data set
)

// commandOf returns what to type to do again what this program was asked to do with arguments, in another folder.
func commandOf(arguments []string) string {
	words := []string{"go run ./cmd/mnist"}
	for _, a := range without(arguments, "--out", "--resume") {
		words = append(words, quote(a))
	}
	return strings.Join(words, " ")
}

// repeat returns what to type to repeat the run of a record, "" if its notes do not say how it began.
func repeat(r *runs.Record) string {
	arguments := argumentsOf(r)
	if arguments == nil {
		return ""
	}
	trains := len(arguments) == 0 || arguments[0] == "train" || strings.HasPrefix(arguments[0], "-")
	if trains && r.Epochs != epochsOf(arguments) {
		// It was resumed for longer, which is as if it had been so long from the start.
		arguments = append(without(arguments, "--epochs"), "--epochs", strconv.Itoa(r.Epochs))
	}
	return commandOf(arguments)
}

// argumentsOf returns the arguments that a run was begun with, nil if its notes do not have them.
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

// epochsOf returns how many epochs arguments ask for, or 10, the program's default.
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

// quote writes a word so that a shell reads it as it is.
func quote(word string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=:,+@%"
	if word != "" && strings.Trim(word, plain) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
