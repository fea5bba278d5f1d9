package app

import (
	"reflect"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"anneal/data/source"
)

// candidates returns the words that begin with word and may come after others in a command line.
func (p *program) candidates(app *kong.Application, before []string, word string) []candidate {
	node, rest := app.Node, before
	if len(before) > 0 {
		node = commandOf(app, "train")
		if name := before[0]; !strings.HasPrefix(name, "-") {
			if node = commandOf(app, name); name == "help" {
				node = app.Node
			}
			rest = before[1:]
		}
	}
	if node == nil {
		return nil
	}
	flags := flagsOf(node)
	if node == app.Node && strings.HasPrefix(word, "-") {
		flags = flagsOf(commandOf(app, "train")) // the default command
	}
	if name, value, ok := strings.Cut(word, "="); ok && strings.HasPrefix(name, "--") {
		return beginning(value, name+"=", flags[strings.TrimPrefix(name, "--")])
	}
	if len(rest) > 0 {
		if f := flags[strings.TrimPrefix(rest[len(rest)-1], "--")]; f != nil && !f.IsBool() {
			return beginning(word, "", f)
		}
	}
	var all []candidate
	switch {
	case strings.HasPrefix(word, "-"):
		for name, f := range flags {
			all = append(all, candidate{"--" + name, f.Help})
		}
	case node == app.Node:
		for _, c := range node.Children {
			if !c.Hidden {
				all = append(all, candidate{c.Name, c.Help})
			}
		}
		if len(before) == 0 {
			all = append(all, candidate{"help", "Print the help of a command."})
		}
	case len(node.Positional) > 0:
		all = valuesOf(node.Positional[0])
	}
	return prefixed(all, word, "")
}

// commandOf returns the command of that name, or nil.
func commandOf(app *kong.Application, name string) *kong.Node {
	for _, c := range app.Children {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// flagsOf returns the flags of a command, and of all commands, by name.
func flagsOf(node *kong.Node) map[string]*kong.Flag {
	flags := map[string]*kong.Flag{}
	for _, level := range node.AllFlags(true) {
		for _, f := range level {
			flags[f.Name] = f
		}
	}
	return flags
}

// beginning returns the values of a flag that begin with text, behind a prefix. Of several values in text the last one
// is completed.
func beginning(text, prefix string, flag *kong.Flag) []candidate {
	if flag == nil {
		return nil
	}
	text = strings.TrimLeft(text, `'"`)
	separator := flag.Tag.Sep
	if _, ok := flag.Target.Interface().(metricsFlag); ok {
		separator = ','
	} else if !flag.IsSlice() {
		separator = -1
	}
	if separator > 0 {
		depth, from := 0, 0
		for i, c := range text {
			switch {
			case c == '(':
				depth++
			case c == ')':
				depth--
			case c == separator && depth == 0:
				from = i + 1
			}
		}
		prefix, text = prefix+text[:from], text[from:]
	}
	return prefixed(valuesOf(flag.Value), text, prefix)
}

// prefixed returns the candidates that begin with word, in upper or lower case, sorted, behind a prefix.
func prefixed(all []candidate, word, prefix string) []candidate {
	var list []candidate
	for _, c := range all {
		if len(c.word) >= len(word) && strings.EqualFold(c.word[:len(word)], word) {
			list = append(list, candidate{prefix + c.word, c.about})
		}
	}
	slices.SortFunc(list, func(a, b candidate) int { return strings.Compare(a.word, b.word) })
	return list
}

// valuesOf returns the names that a flag or an argument may have as its value.
func valuesOf(v *kong.Value) []candidate {
	if v.Enum != "" {
		return named(slices.DeleteFunc(v.EnumSlice(), func(text string) bool { return text == "" }))
	}
	if v.Name == "data" {
		var list []candidate
		for _, s := range source.Registered() {
			list = append(list, candidate{s.Name, s.About})
		}
		return list
	}
	kind := v.Target.Type()
	if kind.Kind() == reflect.Slice || kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	if of, ok := reflect.Zero(kind).Interface().(candidates); ok {
		return of.candidates()
	}
	return nil
}
