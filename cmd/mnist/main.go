// Command mnist trains convolutional networks with batch normalization and scheduled learning rates on MNIST, and on any
// data set in its format.
//
// Exit codes: 0 when all went well, 1 when something went wrong (one line on stderr says what, where, and what would be
// right), 2 when the command line is wrong, 130 when SIGINT or SIGTERM, or whoever steers a run, ended the work early. The first of these
// signals ends a run after its current step, with its weights and a checkpoint to resume from saved; a second one ends the program at once.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"reflect"
	"syscall"

	"github.com/alecthomas/kong"
)

// The exit codes.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130 // 128 + SIGINT, as shells count
)

// errInterrupted ends a command that a signal cut short and that left everything in order.
var errInterrupted = errors.New("interrupted")

type cli struct {
	Version versionFlag `help:"Print the version, as the version command does, and exit."`

	Train  trainCmd  `cmd:"" default:"withargs" help:"Train a model; the command when none is given."`
	Eval   evalCmd   `cmd:"" help:"Print a saved model's loss and accuracy on the test set."`
	Models modelsCmd `cmd:"" help:"List the models."`

	Compare compareCmd `cmd:"" help:"Train models, solvers, schedules, rates, batch sizes and augmentations from several seeds, side by side, and compare them."`

	Summary     summaryCmd     `cmd:"" help:"Print a network's layers, shapes, parameters, FLOPs and memory, and draw its graph."`
	Inspect     inspectCmd     `cmd:"" help:"Print what a file of weights holds, and whether it is whole."`
	ResumeCheck resumeCheckCmd `cmd:"" set:"epochs=6" help:"Prove that a run with these settings can be stopped and resumed to the bit. By default 6 epochs on 1000 images."`
	Recalibrate recalibrateCmd `cmd:"" help:"Recompute batch normalization's statistics over all training images, exactly, in a copy of a file of weights."`
	Export      exportCmd      `cmd:"" help:"Write a saved model as ONNX, for other runtimes."`
	Predict     predictCmd     `cmd:"" help:"Tell what digits are on pictures."`
	Serve       serveCmd       `cmd:"" help:"Serve a page on which to draw digits, and predictions over HTTP."`

	Report reportCmd `cmd:"" help:"Draw the curves of one run or several into one page."`

	Bench    benchCmd    `cmd:"" help:"Measure how fast training steps and inference are."`
	LRFind   lrfindCmd   `cmd:"" name:"lrfind" help:"Try learning rates from low to high and suggest one: the learning rate range test."`
	Schedule scheduleCmd `cmd:"" help:"Print and draw what learning rate schedules do, before any training."`

	VersionCmd versionCmd `cmd:"" name:"version" help:"Print the version of the program and of Go, the platform, and the kernels in use."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // from the first signal on, the next has its usual effect
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run does what the command line says and returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	helped := false
	parser, err := kong.New(
		&cli{},
		kong.Name("mnist"),
		kong.Description("Trains networks with batch normalization and scheduled learning rates on MNIST."),
		kong.Writers(stdout, stderr),
		kong.Resolvers(kong.ResolverFunc(recorded)),
		kong.Exit(func(int) { helped = true }),
		kong.WithHyphenPrefixedParameters(true), // so that --batch -1 is a batch of -1
		kong.KindMapper(reflect.Slice, values()),
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
		fmt.Fprintf(stderr, "mnist: %v (mnist --help lists the commands, mnist COMMAND --help its flags)\n", err)
		return exitUsage
	}
	err = command.Run()
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errInterrupted), ctx.Err() != nil && errors.Is(err, ctx.Err()):
		return exitInterrupted
	}
	fmt.Fprintf(stderr, "mnist: %v\n", err)
	return exitFailed
}
