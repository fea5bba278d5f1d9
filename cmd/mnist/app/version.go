package app

import (
	"cmp"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/alecthomas/kong"

	"anneal/internal/kernels"
	"anneal/internal/licences"
)

// versionFlag is --version, which prints what the version command prints.
type versionFlag bool

// BeforeReset prints the version and ends the program.
func (versionFlag) BeforeReset(app *kong.Kong, p *program) error {
	p.printVersion(app.Stdout)
	app.Exit(exitOK)
	return nil
}

type versionCmd struct {
	Licences bool `help:"Print instead the licences of all that the program is built of."`
}

func (v versionCmd) Run(c *console) error {
	if v.Licences {
		_, err := io.WriteString(c.stdout, licences.Notices)
		return err
	}
	c.program.printVersion(c.stdout)
	return nil
}

// printVersion writes what a report of a problem should name: the version and revision of the program, the version of
// Go, the platform and the kernels in use.
func (p *program) printVersion(w io.Writer) {
	var version, revision, changed string
	if info, ok := debug.ReadBuildInfo(); ok {
		version = info.Main.Version
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				revision = s.Value
			case "vcs.modified":
				if s.Value == "true" {
					changed = ", with local changes"
				}
			}
		}
	}
	fmt.Fprintf(w, "%s %s\n", p.name, cmp.Or(version, "(unknown)"))
	fmt.Fprintf(w, "revision %s%s\n", cmp.Or(revision, "(unknown)"), changed)
	fmt.Fprintf(w, "%s %s/%s\n", runtime.Version(), runtime.GOOS, runtime.GOARCH)
	fmt.Fprintf(w, "kernels %s\n", kernels.Variant())
}
