package app

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"anneal/internal/nearest"
)

// packages are the packages of this module whose errors begin with their names, as Go programmers expect.
var packages = []string{
	"board", "charts", "cifar", "cluster", "contact", "data", "export", "finder", "folder", "gradcheck", "graph", "lease",
	"live", "metrics", "models", "mpi", "numpy", "picture", "play", "predict", "report", "runs", "schedules", "search",
	"serve", "session", "solvers", "study", "table", "tensorboard", "toy", "train", "weights",
}

// message returns the text of err for a user of the command, in one line and without the names of packages: err itself
// and each error that it wraps lose the name that they begin with.
func message(err error) string {
	var wrapped []error
	switch e := err.(type) {
	case *json.UnmarshalTypeError:
		return mistyped(e)
	case interface{ Unwrap() error }:
		wrapped = []error{e.Unwrap()}
	case interface{ Unwrap() []error }:
		wrapped = e.Unwrap()
	}
	text, rest := "", err.Error()
	for _, inner := range wrapped {
		if inner == nil {
			continue
		}
		if before, after, ok := strings.Cut(rest, inner.Error()); ok {
			text, rest = text+withoutPackage(before)+message(inner), after
		}
	}
	return strings.ReplaceAll(text+withoutPackage(rest), "\n", "; ")
}

// withoutPackage returns text without the name of a package, and the colon after it, at its beginning.
func withoutPackage(text string) string {
	if name, rest, ok := strings.Cut(text, ": "); ok && slices.Contains(packages, name) {
		return rest
	}
	return text
}

// mistyped returns what e says, with the words of JSON for the types of Go.
func mistyped(e *json.UnmarshalTypeError) string {
	want := map[reflect.Kind]string{
		reflect.String: "a string", reflect.Bool: "true or false", reflect.Slice: "a list", reflect.Array: "a list",
		reflect.Struct: "an object", reflect.Map: "an object",
	}[e.Type.Kind()]
	if want == "" {
		want = "a number"
	}
	if e.Field == "" {
		return fmt.Sprintf("got a JSON %s, want %s", e.Value, want)
	}
	return fmt.Sprintf("%q: got a JSON %s, want %s", e.Field, e.Value, want)
}

var (
	// quoted matches a flag's name before a value in quotation marks, which may have the name of its kind before it.
	quoted = regexp.MustCompile(`^(--[a-z-]+): (?:(?:solver|schedule|augmentation|group) )?"`)
	// missing matches kong's error about a missing argument.
	missing = regexp.MustCompile(`^expected "(.*)"$`)
)

// usage returns what is wrong with the command line args, and the command that explains it.
func (p *program) usage(err error, args []string, commands []*kong.Node) string {
	name, names := "train", []string(nil)
	for _, c := range commands {
		names = append(names, c.Name)
	}
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		if name = args[0]; !slices.Contains(names, name) {
			return fmt.Sprintf("there is no command %q: want one of %s%s (see %s --help)",
				name, strings.Join(names, ", "), nearest.Hint(name, names), p.name)
		}
	}
	text := strings.TrimPrefix(message(err), name+": ")
	text = missing.ReplaceAllString(quoted.ReplaceAllString(text, `$1 "`), "missing argument: $1")
	return fmt.Sprintf("%s (see %s %s --help)", text, p.name, name)
}
