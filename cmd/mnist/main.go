// Command mnist trains networks with batch normalization and scheduled learning rates on MNIST, and on pictures, tables
// and other data.
//
// Results go to stdout, the log and the progress bar to stderr. The exit code is
//
//	0    if the command succeeded
//	1    if it failed: one line on stderr says what is wrong, where, and what is allowed
//	2    if the command line or the environment is wrong
//	130  if Ctrl-C (SIGINT), SIGTERM, a closed terminal (SIGHUP), a closed pipe or the page of --live stopped it early
//
// The first signal stops a run after its current step. The run saves its weights and a checkpoint to resume from. A
// second SIGINT or SIGTERM ends the program at once.
package main

import "anneal/cmd/mnist/app"

func main() {
	app.Main(
		app.Name("mnist"),
		app.Command("go run ./cmd/mnist"),
		app.Description(
			"Trains networks with batch normalization and scheduled learning rates on MNIST and other data."),
	)
}
