package app

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/alecthomas/kong"

	"anneal/cluster/mpi"
	"anneal/internal/terminal"
)

// manCmd prints the manual.
type manCmd struct{}

func (manCmd) Run(c *console, app *kong.Kong) error {
	_, err := io.WriteString(c.stdout, c.program.manual(app.Model))
	return err
}

// environment are the variables that the program looks at.
var environment = [][2]string{
	{"ANNEAL_KERNELS", "The kernels to use: generic, avx2 or avx512. Default: the fastest that the processor has."},
	{mpi.Variable, "The file of the MPI library. If it is off, the programs that a launcher starts each train by " +
		"themselves."},
	{mpi.TimeoutVariable, "How long a rank waits for the others, such as 90s. Default: 10m."},
	{"GOMAXPROCS", "The processors to use. Results do not depend on it."},
	{"GOMODCACHE, GOPATH", "Where Go's module cache is, which contains MNIST."},
	{"NO_COLOR", "If it is not empty, nothing is written in colours."},
	{"CLICOLOR, CLICOLOR_FORCE", "If CLICOLOR is 0, a terminal shows no colours. If CLICOLOR_FORCE is not 0, output " +
		"has colours even where it is no terminal."},
	{"TERM, LC_ALL, LC_CTYPE, LANG", "Curves are of ASCII characters if TERM is dumb or the locale is not one of UTF-8."},
	{"COLUMNS", "The width of help that is not written to a terminal."},
}

// exits are the exit codes.
var exits = [][2]string{
	{"0", "The command succeeded."},
	{"1", "It failed."},
	{"2", "The command line, the environment or an option is wrong."},
	{"130", "It was interrupted; a training has saved its work."},
}

// manual returns the manual of the program in the language of man.
func (p *program) manual(app *kong.Application) string {
	var b strings.Builder
	section := func(title string) { fmt.Fprintf(&b, ".SH %s\n", roff(strings.ToUpper(title))) }
	title := strings.ToUpper(p.name)
	fmt.Fprintf(&b, ".TH %s 1 \"\" %s \"User commands\"\n", roff(title), roff(p.name))
	b.WriteString(".nh\n.ad l\n") // no words are broken, no spaces added
	section("name")
	first, size := utf8.DecodeRuneInString(p.description)
	about := string(unicode.ToLower(first)) + strings.TrimSuffix(p.description[size:], ".")
	fmt.Fprintf(&b, "%s \\- %s\n", roff(p.name), roff(about))
	page := newHelpPage(app, app.Node)
	section("synopsis")
	fmt.Fprintf(&b, ".B %s\n", roff(page.usage))
	section("description")
	fmt.Fprintf(&b, "%s\n", roff(p.description))
	for _, g := range page.groups {
		section(strings.TrimSuffix(g.title, ":"))
		terms(&b, g.rows)
	}
	for _, c := range app.Children {
		if !c.Hidden {
			section("The command " + c.Name)
			newHelpPage(app, c).roff(&b)
		}
	}
	section("exit status")
	terms(&b, exits)
	section("environment")
	terms(&b, environment)
	return b.String()
}

// roff writes the page as a part of the manual.
func (h helpPage) roff(b *strings.Builder) {
	fmt.Fprintf(b, ".B %s\n", roff(h.usage))
	for _, block := range h.blocks {
		if !strings.HasPrefix(block, "\t") {
			fmt.Fprintf(b, ".PP\n%s\n", filled(block))
			continue
		}
		b.WriteString(".PP\n.RS 4\n.nf\n")
		for line := range strings.SplitSeq(block, "\n") {
			fmt.Fprintln(b, roff(strings.TrimPrefix(line, "\t")))
		}
		b.WriteString(".fi\n.RE\n")
	}
	for _, g := range h.groups {
		fmt.Fprintf(b, ".SS %s\n", roff(strings.TrimSuffix(g.title, ":")))
		terms(b, g.rows)
	}
}

// terms writes a list of terms and what they mean.
func terms(b *strings.Builder, rows [][2]string) {
	for _, row := range rows {
		fmt.Fprintf(b, ".TP\n.B %s\n%s\n", roff(row[0]), filled(row[1]))
	}
}

// filled returns a paragraph that man shows as it is.
func filled(text string) string {
	lines := terminal.Words(text, 72, "")
	for i, line := range lines {
		lines[i] = roff(line)
	}
	return strings.Join(lines, "\n")
}

// roff returns a line that man shows as it is.
func roff(text string) string {
	text = strings.NewReplacer(
		`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, `"`, `\(dq`, "^", `\(ha`, "~", `\(ti`,
	).Replace(text)
	if strings.HasPrefix(text, ".") {
		text = `\&` + text
	}
	return text
}
