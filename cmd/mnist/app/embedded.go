package app

import (
	"bytes"
	"embed"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
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

func (f presetFlag) content() ([]byte, error) {
	content, err := embedded.ReadFile("presets/" + string(f) + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("--preset: there is no %q: want one of %s", f, strings.Join(embeddedNames("presets"), ", "))
	}
	return content, nil
}

func (f presetFlag) title() string { return "preset " + string(f) }

// BeforeResolve gives the flags that are not on the command line the values of the preset.
func (presetFlag) BeforeResolve(ctx *kong.Context, trace *kong.Path) error {
	return resolve(ctx, trace)
}

// fileFlag is the name of a file of a study.
type fileFlag string

func (f fileFlag) content() ([]byte, error) {
	content, err := readBounded(string(f))
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

// file returns the path of the file, or "" if f names a recipe that comes with the program.
func (f recipeFlag) file() string {
	if slices.Contains([]string{".yaml", ".yml"}, filepath.Ext(string(f))) {
		return string(f)
	}
	return ""
}

func (f recipeFlag) content() ([]byte, error) {
	if path := f.file(); path != "" {
		content, err := readBounded(path)
		if err != nil {
			return nil, fmt.Errorf("recipe: %w", err)
		}
		return content, nil
	}
	content, err := embedded.ReadFile("recipes/" + string(f) + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("there is no recipe %q: want one of %s, or a .yaml file",
			f, strings.Join(embeddedNames("recipes"), ", "))
	}
	return content, nil
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
		fmt.Fprintf(c.stdout, "%-6s %s\n", name, bytes.TrimPrefix(about, []byte("# ")))
	}
	return nil
}
