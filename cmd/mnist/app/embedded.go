package app

import (
	"bytes"
	"embed"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"anneal/internal/bounded"
	"anneal/internal/nearest"
	"anneal/internal/terminal"
)

// embedded are the files of settings that come with the program: studies in presets, and settings of one run in
// recipes.
//
//go:embed presets/*.yaml recipes/*.yaml
var embedded embed.FS

// embeddedNames returns the names of the files in a folder of embedded.
func embeddedNames(folder string) []string {
	var names []string
	entries, _ := embedded.ReadDir(folder) // is there
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	return names
}

// namedFile is a flag that names a file of settings.
type namedFile interface {
	content() ([]byte, error)
	title() string // names the file in errors
}

// file returns the file of the study's settings, or nil.
func (s *compareCmd) file() namedFile {
	switch {
	case s.Preset != "":
		return s.Preset
	case s.File != "":
		return s.File
	case s.Recipe != "":
		return s.Recipe
	}
	return nil
}

// presetFlag is the name of a study that comes with the program.
type presetFlag string

func (f *presetFlag) UnmarshalText(text []byte) error {
	*f = presetFlag(text)
	if names := embeddedNames("presets"); !slices.Contains(names, string(text)) {
		return fmt.Errorf("there is no %q: want one of %s%s", text, strings.Join(names, ", "),
			nearest.Hint(string(text), names))
	}
	return nil
}

func (f presetFlag) content() ([]byte, error) {
	return embedded.ReadFile("presets/" + string(f) + ".yaml")
}

func (f presetFlag) title() string { return "preset " + string(f) }

// BeforeResolve gives the flags that are not on the command line the values of the preset.
func (presetFlag) BeforeResolve(ctx *kong.Context, trace *kong.Path) error {
	return resolve(ctx, trace)
}

// fileFlag is the name of a file of a study.
type fileFlag string

func (f fileFlag) content() ([]byte, error) {
	content, err := bounded.ReadNamed(string(f), maxSettings)
	if err != nil {
		return nil, fmt.Errorf("--file: %w", err)
	}
	return content, nil
}

func (f fileFlag) title() string { return string(f) }

// BeforeResolve gives the flags that are not on the command line the values of the file.
func (fileFlag) BeforeResolve(ctx *kong.Context, trace *kong.Path) error {
	return resolve(ctx, trace)
}

// recipeFlag is the name of a recipe that comes with the program, or of a .yaml file like those.
type recipeFlag string

func (f *recipeFlag) UnmarshalText(text []byte) error {
	*f = recipeFlag(text)
	if f.file() != "" {
		return nil // whose content is read later
	}
	return f.known()
}

// known returns an error unless the name f is that of a recipe.
func (f recipeFlag) known() error {
	if names := embeddedNames("recipes"); !slices.Contains(names, string(f)) {
		return fmt.Errorf("there is no recipe %q: want one of %s, or a .yaml file%s",
			f, strings.Join(names, ", "), nearest.Hint(string(f), names))
	}
	return nil
}

// file returns the path of the file, or "" if f names a recipe that comes with the program.
func (f recipeFlag) file() string {
	if slices.Contains([]string{".yaml", ".yml"}, filepath.Ext(string(f))) {
		return string(f)
	}
	return ""
}

func (f recipeFlag) content() ([]byte, error) {
	if path := f.file(); path != "" {
		content, err := bounded.ReadNamed(path, maxSettings)
		if err != nil {
			return nil, fmt.Errorf("recipe: %w", err)
		}
		return content, nil
	}
	if err := f.known(); err != nil {
		return nil, err // of an older run's note
	}
	return embedded.ReadFile("recipes/" + string(f) + ".yaml")
}

func (f recipeFlag) title() string { return "recipe " + string(f) }

// BeforeResolve gives the flags that are not on the command line the values of the recipe.
func (recipeFlag) BeforeResolve(ctx *kong.Context, trace *kong.Path) error {
	return resolve(ctx, trace)
}

// value returns the recipe's value of a flag, or "" if it has none or cannot be read.
func (f recipeFlag) value(flag string) string {
	content, err := f.content()
	if err != nil {
		return ""
	}
	settings, err := readSettings(content)
	if values := settings.values[flag]; err == nil && len(values) == 1 {
		return values[0]
	}
	return ""
}

// note adds the recipe to the notes of a run.
func (f recipeFlag) note(notes map[string]any) {
	switch path := f.file(); {
	case path != "":
		notes[noteRecipe] = absolute(path)
	case f != "":
		notes[noteRecipe] = string(f)
	}
}

// recipesCmd lists the recipes, or prints one.
type recipesCmd struct {
	Name string `arg:"" optional:"" help:"The recipe to print, as a template for one's own. Default: list all."`
}

func (r recipesCmd) Run(c *console) error {
	if r.Name != "" {
		content, err := recipeFlag(r.Name).content()
		if err == nil {
			_, err = c.stdout.Write(content)
		}
		return err
	}
	for _, name := range embeddedNames("recipes") {
		content, err := recipeFlag(name).content()
		if err != nil {
			return err
		}
		about, _, _ := bytes.Cut(content, []byte("\n"))
		line := fmt.Sprintf("%-6s %s", name, bytes.TrimPrefix(about, []byte("# ")))
		fmt.Fprintln(c.stdout, terminal.Of(c.stdout).Hang(line, 7))
	}
	return nil
}
