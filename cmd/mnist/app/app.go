// Package app is a program that trains networks, compares them and puts them to work: its commands, their flags and
// what they print. The program mnist is Main with a name. With models and data of its own, a main of ten lines has
// every command for them:
//
//	func main() {
//		app.Main(
//			app.Model("pets", "two convolutions, for pictures of pets", Pets),
//			app.Data("pets", "pictures of 37 breeds", load),
//		)
//	}
//
// Then `go run . train --epochs 20` trains, `go run . eval --init runs/.../final.safetensors` evaluates, and
// `go run . --help` lists the commands. Besides its own, the program has the models, sources of data, solvers and
// schedules of anneal. A schedule of its own gets a name from schedules.Register, for LambdaLR(name). A loss of its own
// comes with its model; see Entry.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"syscall"

	"github.com/alecthomas/kong"

	"anneal/internal/kernels"
	"anneal/internal/printable"
	"anneal/internal/terminal"
)

// The exit codes.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130 // 128 + SIGINT, as shells count
)

// errInterrupted ends a command that was stopped early and has saved its work.
var errInterrupted = errors.New("interrupted")

type cli struct {
	Version versionFlag `help:"Print what the version command prints, and exit."`

	Train     trainCmd     `cmd:"" default:"withargs" help:"Train a model. This is the default command."`
	Eval      evalCmd      `cmd:"" help:"Print the loss and the accuracy of a saved model on the test set."`
	Models    modelsCmd    `cmd:"" help:"List the models."`
	Solvers   solversCmd   `cmd:"" help:"List the solvers with their settings and defaults."`
	Schedules schedulesCmd `cmd:"" help:"List the schedules with their settings and defaults."`
	Recipes   recipesCmd   `cmd:"" help:"List the recipes of --recipe, or print one."`
	Data      dataCmd      `cmd:"" help:"${data_command}"`

	Compare compareCmd `cmd:"" help:"${compare_command}"`

	Summary     summaryCmd     `cmd:"" help:"${summary_command}"`
	Inspect     inspectCmd     `cmd:"" help:"Print what a file of weights contains, and check that it is intact."`
	ResumeCheck resumeCheckCmd `cmd:"" set:"epochs=6" help:"${resume_check_command}"`
	Recalibrate recalibrateCmd `cmd:"" help:"${recalibrate_command}"`
	Export      exportCmd      `cmd:"" help:"Write a saved model as ONNX, for other runtimes."`
	Predict     predictCmd     `cmd:"" help:"Print what a saved model says of pictures, rows of tables or arrays."`
	Serve       serveCmd       `cmd:"" help:"Serve predictions over HTTP, with a page to try them."`

	Play playCmd `cmd:"" help:"Serve a page on which two small networks train side by side, to try settings."`

	Board  boardCmd  `cmd:"" help:"${board_command}"`
	Report reportCmd `cmd:"" help:"Draw the curves of one or more runs on one page."`

	Bench    benchCmd    `cmd:"" help:"Measure the speed of training steps and of inference."`
	LRFind   lrfindCmd   `cmd:"" name:"lrfind" help:"${lrfind_command}"`
	Schedule scheduleCmd `cmd:"" help:"Print and draw what learning-rate schedules do, without training."`

	VersionCmd versionCmd    `cmd:"" name:"version" help:"${version_command}"`
	Completion completionCmd `cmd:"" help:"Print a script by which a shell completes commands, flags and names."`
	Man        manCmd        `cmd:"" help:"Print the manual, for man."`
}

// Main runs the program with the arguments of the command line and ends the process with its exit code: 0 if the
// command succeeded, 1 if it failed, 2 if the command line, the environment or an option is wrong, 130 if it was
// interrupted.
func Main(options ...Option) {
	os.Exit(Run(untilStopped(), os.Args[1:], os.Stdout, os.Stderr, options...))
}

// newParser returns the parser of the command line, which it reads into c.
func newParser(c *cli, p *program, options ...kong.Option) (*kong.Kong, error) {
	return kong.New(c, append(options,
		kong.Name(p.name),
		kong.Description(p.description),
		p.insertHelp(),
		kong.Help(printHelp),
		kong.Bind(p),
		kong.WithHyphenPrefixedParameters(true), // so that --batch -1 is a batch of -1
		kong.KindMapper(reflect.Slice, values()),
	)...)
}

// Run does what the command line says and returns the exit code that Main ends with. Once ctx is done, the command ends
// as at a first Ctrl-C: training saves its work. args are the arguments after the program's name.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer, options ...Option) int {
	p, err := newProgram(options)
	if err != nil {
		return p.fail(stderr, message(err), exitUsage)
	}
	if len(args) > 0 && args[0] == "help" {
		args = append(slices.Clone(args[1:]), "--help")
	}
	out := &output{Writer: stdout}
	helped, settings := false, new(recorded)
	parser, err := newParser(&cli{}, p,
		kong.Writers(out, stderr),
		kong.Exit(func(int) { helped = true }),
		kong.Resolvers(kong.ResolverFunc(settings.resolve)),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(&console{p, args, out, stderr}),
	)
	if err != nil {
		return p.fail(stderr, err.Error(), exitFailed)
	}
	if len(args) > 1 && args[0] == completing {
		if err := p.complete(out, parser.Model, args[1], args[2:]); err != nil {
			return exitFailed
		}
		return exitOK
	}
	var command *kong.Context
	err = stoppable(ctx, func() (err error) {
		if command, err = parser.Parse(args); err == nil && !helped {
			err = empty(command)
		}
		return err
	})
	switch {
	case errors.Is(err, errStopped):
		return exitInterrupted
	case out.err != nil:
		return p.fail(stderr, message(out.err), exitFailed)
	case helped:
		return exitOK
	case err != nil:
		if err = refusedTogether(err, args); errors.Is(err, errTold) {
			return exitUsage
		}
		return p.fail(stderr, p.usage(err, args, parser.Model.Children), exitUsage)
	case errors.Is(settings.err, errTold):
		return exitFailed
	case settings.err != nil:
		return p.fail(stderr, message(settings.err), exitFailed)
	}
	if err := kernels.Choice(); err != nil {
		return p.fail(stderr, err.Error(), exitUsage)
	}
	if heeds(command) {
		err = command.Run()
	} else {
		err = stoppable(ctx, func() error { return command.Run() })
	}
	if err == nil {
		err = out.err
	}
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errTold):
		return exitFailed
	case errors.Is(err, errInterrupted), errors.Is(err, errStopped), errors.Is(err, syscall.EPIPE),
		ctx.Err() != nil && errors.Is(err, ctx.Err()):
		return exitInterrupted
	}
	return p.fail(stderr, message(err), exitFailed)
}

// fail prints an error and returns the exit code.
func (p *program) fail(stderr io.Writer, text string, code int) int {
	screen := terminal.Of(stderr)
	fmt.Fprintln(stderr, screen.Wrap(screen.Paint(p.name+":", terminal.Red)+" "+printable.Line(brief(text, maxLine))))
	return code
}
