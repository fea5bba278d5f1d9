package main

import (
	"embed"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"
)

// presets are the studies that come with the program.
//
//go:embed presets/*.yaml
var presets embed.FS

// presetFlag is one of presets by its name.
type presetFlag string

// fileFlag is a file like those of presets.
type fileFlag string

// content is the text of the study's file.
func (s *compareCmd) content() ([]byte, error) {
	if s.Preset != "" {
		return s.Preset.content()
	}
	return os.ReadFile(string(s.File))
}

func (f presetFlag) content() ([]byte, error) {
	content, err := presets.ReadFile("presets/" + string(f) + ".yaml")
	if err != nil {
		var names []string
		entries, _ := presets.ReadDir("presets") // is there
		for _, e := range entries {
			names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
		}
		return nil, fmt.Errorf("--preset: there is no %q: want one of %s", f, strings.Join(names, ", "))
	}
	return content, nil
}

// BeforeResolve makes the preset say what the command line does not.
func (presetFlag) BeforeResolve(ctx *kong.Context, trace *kong.Path) error {
	f := ctx.FlagValue(trace.Flag).(presetFlag)
	content, err := f.content()
	if err != nil {
		return err
	}
	return resolve(ctx, "preset "+string(f), content)
}

// BeforeResolve makes the file say what the command line does not.
func (fileFlag) BeforeResolve(ctx *kong.Context, trace *kong.Path) error {
	path := string(ctx.FlagValue(trace.Flag).(fileFlag))
	content, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("--file: %w", err)
	}
	return resolve(ctx, path, content)
}

// settingsFile gives flags the values of a YAML file, whose keys are their names. A list is the values of a flag that takes several,
// and so is a mapping, of KEY: VALUE each, such as --setting takes.
type settingsFile struct {
	name   string
	values map[string]any // string, or []any of string
	lines  map[string]int
}

// resolve makes a file say what the command line does not.
func resolve(ctx *kong.Context, name string, content []byte) error {
	f := settingsFile{name, make(map[string]any), make(map[string]int)}
	if err := f.read(content); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	ctx.AddResolver(f)
	return nil
}

func (f settingsFile) read(content []byte) error {
	var document yaml.Node
	if err := yaml.Unmarshal(content, &document); err != nil {
		return err
	}
	if len(document.Content) == 0 || document.Content[0].Kind != yaml.MappingNode {
		return fmt.Errorf("want a mapping of flags to values, such as model: [lenet, lenet-bn]")
	}
	pairs := document.Content[0].Content
	for i := 0; i < len(pairs); i += 2 {
		key, node := pairs[i].Value, pairs[i+1]
		if line, again := f.lines[key]; again {
			return fmt.Errorf("line %d: %s: is in line %d already", pairs[i].Line, key, line)
		}
		f.lines[key] = pairs[i].Line
		if node.Kind == yaml.ScalarNode {
			if node.Tag == "!!null" {
				return fmt.Errorf("line %d: %s: no value", node.Line, key)
			}
			f.values[key] = node.Value
			continue
		}
		list, err := texts(node)
		if err != nil || len(list) == 0 {
			return fmt.Errorf("line %d: %s: want a value, a list of values or a mapping of names to values", node.Line, key)
		}
		f.values[key] = list
	}
	return nil
}

// texts are the values in a list or in a mapping, or in a list of those.
func texts(n *yaml.Node) ([]any, error) {
	var list []any
	switch {
	case n.Kind == yaml.ScalarNode && n.Tag != "!!null":
		list = append(list, n.Value)
	case n.Kind == yaml.SequenceNode:
		for _, item := range n.Content {
			inner, err := texts(item)
			if err != nil {
				return nil, err
			}
			list = append(list, inner...)
		}
	case n.Kind == yaml.MappingNode:
		for i := 0; i < len(n.Content); i += 2 {
			key, value := n.Content[i], n.Content[i+1]
			if value.Kind != yaml.ScalarNode || value.Tag == "!!null" {
				return nil, fmt.Errorf("line %d: %s: want a value", value.Line, key.Value)
			}
			list = append(list, key.Value+": "+value.Value)
		}
	default:
		return nil, fmt.Errorf("line %d: want a value", n.Line)
	}
	return list, nil
}

// Validate refuses keys that are no flags of compare.
func (f settingsFile) Validate(app *kong.Application) error {
	var known []string
	for _, n := range app.Children {
		if n.Name != "compare" {
			continue
		}
		for _, flag := range n.Flags {
			if !slices.Contains([]string{"help", "preset", "file", "print", "out"}, flag.Name) {
				known = append(known, flag.Name)
			}
		}
	}
	for key, line := range f.lines {
		if !slices.Contains(known, key) {
			return fmt.Errorf("%s: line %d: there is no %q: want some of %s", f.name, line, key, strings.Join(known, ", "))
		}
	}
	return nil
}

// Resolve is the value of a flag, nil if the file has none.
func (f settingsFile) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	return f.values[flag.Name], nil
}
