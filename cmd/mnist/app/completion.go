package app

import (
	"embed"
	"io"
	"regexp"
	"strings"
)

// scripts ask the program for completions, one file a shell. NAME in them is the program's, and ID the same as a part
// of a function's name.
//
//go:embed completion
var scripts embed.FS

// completionCmd prints the script of a shell.
type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"The shell: bash, zsh or fish. The script begins with how to use it."`
}

func (s completionCmd) Run(c *console) error {
	script, err := scripts.ReadFile("completion/" + s.Shell)
	if err != nil {
		return err
	}
	name := c.program.name
	id := regexp.MustCompile(`[^A-Za-z0-9]`).ReplaceAllString(name, "_")
	_, err = io.WriteString(c.stdout, strings.NewReplacer("NAME", quote(name), "ID", id).Replace(string(script)))
	return err
}
