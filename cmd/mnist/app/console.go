package app

import (
	"fmt"
	"io"
	"os"

	"github.com/sirupsen/logrus"
	"golang.org/x/term"
)

// console is a command line and where its command writes: results to stdout, the log and the progress bar to stderr.
type console struct {
	program        *program
	args           []string
	stdout, stderr io.Writer
}

// output remembers the first error of a command's output, so that each line need not look for one.
type output struct {
	io.Writer
	err error
}

func (o *output) Write(b []byte) (int, error) {
	n, err := o.Writer.Write(b)
	if o.err == nil {
		o.err = err
	}
	return n, err
}

// logFlags are the flags of commands that log.
type logFlags struct {
	LogFormat string `enum:"text,json" default:"text" help:"How to log: text or json."`
	Quiet     bool   `help:"Log only warnings, and show no progress bar."`
}

// log returns a logger that writes as f says.
func (c *console) log(f logFlags) *logrus.Logger {
	l := logrus.New()
	l.SetOutput(c.stderr)
	if f.LogFormat == "json" {
		l.SetFormatter(&logrus.JSONFormatter{})
	} else {
		l.SetFormatter(plain{})
	}
	if f.Quiet {
		l.SetLevel(logrus.WarnLevel)
	}
	return l
}

// terminal reports whether the log is text on a terminal.
func (c *console) terminal(f logFlags) bool {
	file, ok := c.stderr.(*os.File)
	return ok && !f.Quiet && f.LogFormat == "text" && term.IsTerminal(int(file.Fd()))
}

// plain formats a log entry as its message, after its level unless that is info.
type plain struct{}

func (plain) Format(e *logrus.Entry) ([]byte, error) {
	text := printable(e.Message)
	if e.Level == logrus.InfoLevel {
		return fmt.Appendln(nil, text), nil
	}
	return fmt.Appendf(nil, "%s: %s\n", e.Level, text), nil
}
