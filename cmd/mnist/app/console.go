package app

import (
	"fmt"
	"io"

	"github.com/sirupsen/logrus"

	"anneal/internal/printable"
	"anneal/internal/terminal"
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

// Screen returns the screen of what o writes to.
func (o *output) Screen() terminal.Screen { return terminal.Of(o.Writer) }

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
		l.SetFormatter(plain{func() terminal.Screen { return terminal.Of(c.stderr) }})
	}
	if f.Quiet {
		l.SetLevel(logrus.WarnLevel)
	}
	return l
}

// plain formats a log entry as its message, after its level unless that is info. On a terminal it breaks long lines
// between words.
type plain struct {
	screen func() terminal.Screen // that the log is on
}

func (p plain) Format(e *logrus.Entry) ([]byte, error) {
	line, screen := printable.Line(brief(e.Message, maxLine)), p.screen()
	if e.Level != logrus.InfoLevel {
		colour := terminal.Yellow
		if e.Level < logrus.WarnLevel {
			colour = terminal.Red
		}
		line = screen.Paint(e.Level.String()+":", colour) + " " + line
	}
	return fmt.Appendln(nil, screen.Wrap(line)), nil
}
