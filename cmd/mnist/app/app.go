// Package app is the program mnist: its commands, their flags and what they print.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"syscall"

	"github.com/alecthomas/kong"

	"anneal/internal/kernels"
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

	Train  trainCmd  `cmd:"" default:"withargs" help:"Train a model. This is the default command."`
	Eval   evalCmd   `cmd:"" help:"Print the loss and the accuracy of a saved model on the test set."`
	Models modelsCmd `cmd:"" help:"List the models."`
	Data   dataCmd   `cmd:"" help:"Print what a data set holds, and draw its samples, also augmented."`

	Compare compareCmd `cmd:"" help:"${compare_command}"`

	Summary     summaryCmd     `cmd:"" help:"${summary_command}"`
	Inspect     inspectCmd     `cmd:"" help:"Print what a file of weights contains, and check that it is intact."`
	ResumeCheck resumeCheckCmd `cmd:"" set:"epochs=6" help:"${resume_check_command}"`
	Recalibrate recalibrateCmd `cmd:"" help:"${recalibrate_command}"`
	Export      exportCmd      `cmd:"" help:"Write a saved model as ONNX, for other runtimes."`
	Predict     predictCmd     `cmd:"" help:"Classify pictures."`
	Serve       serveCmd       `cmd:"" help:"Serve predictions over HTTP, and a page to draw digits on."`

	Report reportCmd `cmd:"" help:"Draw the curves of one or more runs on one page."`

	Bench    benchCmd    `cmd:"" help:"Measure the speed of training steps and of inference."`
	LRFind   lrfindCmd   `cmd:"" name:"lrfind" help:"${lrfind_command}"`
	Schedule scheduleCmd `cmd:"" help:"Print and draw what learning-rate schedules do, without training."`

	VersionCmd versionCmd `cmd:"" name:"version" help:"${version_command}"`
}

// Main runs the program with the arguments of the command line and ends the process with its exit code.
func Main() {
	os.Exit(run(untilStopped(), os.Args[1:], os.Stdout, os.Stderr))
}

// newParser returns the parser of the command line, which it reads into c.
func newParser(c *cli, options ...kong.Option) (*kong.Kong, error) {
	return kong.New(c, append(options,
		kong.Name("mnist"),
		kong.Description("Trains networks with batch normalization and scheduled learning rates on MNIST and other data."),
		insertHelp,
		kong.Resolvers(kong.ResolverFunc(recorded)),
		kong.WithHyphenPrefixedParameters(true), // so that --batch -1 is a batch of -1
		kong.KindMapper(reflect.Slice, values()),
	)...)
}

// run does what the command line says and returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 && args[0] == "help" {
		args = append(args[1:], "--help")
	}
	helped := false
	parser, err := newParser(&cli{},
		kong.Writers(stdout, stderr),
		kong.Exit(func(int) { helped = true }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(&console{args, stdout, stderr}),
	)
	if err != nil {
		fmt.Fprintf(stderr, "mnist: %v\n", err)
		return exitFailed
	}
	command, err := parser.Parse(args)
	if err == nil && !helped {
		err = empty(command)
	}
	switch {
	case helped:
		return exitOK
	case err != nil:
		fmt.Fprintf(stderr, "mnist: %s\n", usage(err, args, parser.Model.Children))
		return exitUsage
	}
	if err := kernels.Choice(); err != nil {
		fmt.Fprintf(stderr, "mnist: %v\n", err)
		return exitUsage
	}
	err = command.Run()
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errInterrupted), errors.Is(err, syscall.EPIPE), ctx.Err() != nil && errors.Is(err, ctx.Err()):
		return exitInterrupted
	}
	fmt.Fprintf(stderr, "mnist: %s\n", message(err))
	return exitFailed
}
