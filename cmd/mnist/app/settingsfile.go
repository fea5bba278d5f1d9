package app

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"

	"anneal/internal/nearest"
)

// maxSettings is the size of the largest file of settings that is read, and maxValue that of a value in it, in bytes.
const (
	maxSettings = 64 << 10
	maxValue    = 4 << 10
)

// settingsFile has the values of flags from a YAML file, whose keys are the names of the flags. A list gives several
// values, and so does a mapping: one value KEY: VALUE, as --setting takes it, per key.
type settingsFile struct {
	values map[string][]string
	lines  map[string]int
}

// resolve gives the flags that are not on the command line the values of the file that a flag names, after checking
// them.
func resolve(ctx *kong.Context, trace *kong.Path) error {
	named := ctx.FlagValue(trace.Flag).(namedFile)
	content, err := named.content()
	if err != nil {
		return err
	}
	f, err := readSettings(content)
	if command := ctx.Selected(); err == nil && command != nil { // nil with --help and no command
		err = f.check(command)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", named.title(), err)
	}
	ctx.AddResolver(kong.ResolverFunc(f.resolve))
	return nil
}

// readSettings reads a settingsFile.
func readSettings(content []byte) (settingsFile, error) {
	f := settingsFile{make(map[string][]string), make(map[string]int)}
	return f, f.read(content)
}

func (f settingsFile) read(content []byte) error {
	var document, second yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(content))
	if err := d.Decode(&document); err != nil && err != io.EOF {
		return err
	}
	if len(document.Content) == 0 || document.Content[0].Kind != yaml.MappingNode {
		return fmt.Errorf("want a mapping of flags to values, such as model: [lenet, lenet-bn]")
	}
	if err := d.Decode(&second); err != io.EOF {
		return fmt.Errorf("line %d: a second document begins here: want one document only", max(second.Line, 1))
	}
	pairs := document.Content[0].Content
	for i := 0; i < len(pairs); i += 2 {
		key, node := pairs[i].Value, pairs[i+1]
		if line, again := f.lines[key]; again {
			return fmt.Errorf("line %d: %s is already in line %d", pairs[i].Line, key, line)
		}
		f.lines[key] = pairs[i].Line
		if node.Kind == yaml.ScalarNode && node.Tag == "!!null" {
			return fmt.Errorf("line %d: %s: no value", node.Line, key)
		}
		list, err := textsIn(node)
		if err != nil {
			return fmt.Errorf("%w: %s: want a value, a list of values or a mapping of names to values", err, key)
		}
		for _, text := range list {
			if len(text) > maxValue {
				return fmt.Errorf("line %d: %s: a value of %d bytes: want at most %d", node.Line, key, len(text), maxValue)
			}
		}
		f.values[key] = list
	}
	return nil
}

// textsIn returns the values in a list or in a mapping, or in a list of those. Its error says in which line there are
// none.
func textsIn(n *yaml.Node) ([]string, error) {
	var list []string
	switch {
	case n.Kind == yaml.ScalarNode && n.Tag != "!!null":
		list = append(list, n.Value)
	case n.Kind == yaml.SequenceNode:
		for _, item := range n.Content {
			inner, err := textsIn(item)
			if err != nil {
				return nil, err
			}
			list = append(list, inner...)
		}
	case n.Kind == yaml.MappingNode:
		for i := 0; i < len(n.Content); i += 2 {
			key, value := n.Content[i], n.Content[i+1]
			if value.Kind != yaml.ScalarNode || value.Tag == "!!null" {
				return nil, fmt.Errorf("line %d", value.Line)
			}
			list = append(list, key.Value+": "+value.Value)
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("line %d", n.Line)
	}
	return list, nil
}

// notSettings are the flags that a file cannot have: they choose the file, or where the results go.
var notSettings = []string{"help", "preset", "file", "recipe", "print", "out", "resume", "share", "collect"}

// check returns an error if a key is no flag of the command, or if that flag does not accept a value.
func (f settingsFile) check(command *kong.Node) error {
	flags := make(map[string]*kong.Flag)
	var known []string
	for _, flag := range command.Flags {
		if !flag.Hidden && !slices.Contains(notSettings, flag.Name) {
			known = append(known, flag.Name)
			flags[flag.Name] = flag
		}
	}
	for _, key := range slices.SortedFunc(maps.Keys(f.lines), func(a, b string) int { return f.lines[a] - f.lines[b] }) {
		line, flag := f.lines[key], flags[key]
		if flag == nil {
			return fmt.Errorf("line %d: there is no flag %q: want some of %s%s",
				line, key, strings.Join(known, ", "), nearest.Hint(key, known))
		}
		if n := len(f.values[key]); n > 1 && !flag.IsSlice() {
			return fmt.Errorf("line %d: %s: got %d values, want one", line, key, n)
		}
		for _, text := range f.values[key] {
			token := kong.ScanAsType(kong.FlagValueToken, one(flag, text))
			if err := flag.Parse(token, reflect.New(flag.Target.Type()).Elem()); err != nil {
				return fmt.Errorf("line %d: %w", line, err)
			}
		}
	}
	return nil
}

// one returns text as kong takes a single value of a flag.
func one(flag *kong.Flag, text string) string {
	if flag.IsSlice() && flag.Tag.Sep != -1 {
		return kong.JoinEscaped([]string{text}, flag.Tag.Sep)
	}
	return text
}

// resolve returns the value of a flag, or nil if the file has none.
func (f settingsFile) resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	texts, ok := f.values[flag.Name]
	switch {
	case !ok:
		return nil, nil
	case flag.IsSlice():
		return list(texts), nil
	}
	return texts[0], nil
}
