package app

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/sirupsen/logrus"

	"anneal/runs"
)

var renewGolden = flag.Bool("renew-golden", false, "write testdata/terminal-*.txt anew")

// narrated are the epochs of a run that has validation samples, an average of the weights and a metric.
func narrated() []runs.Epoch {
	p := func(v float64) *float64 { return &v }
	guessing := true
	return []runs.Epoch{
		{
			Epoch: 1, TrainLoss: 12345.678, TestLoss: 2.3026, TestAccuracy: 0.1135, LR: []float64{0.1}, TrainSeconds: 1.9,
			ValidationLoss: p(2.3), ValidationAccuracy: p(0.11), Guessing: &guessing, EMATestAccuracy: p(0.1),
			Metrics: []runs.Metric{{Name: "f1", Larger: true, Test: p(0.02)}},
		},
		{
			Epoch: 2, TrainLoss: 0.1503, TestLoss: 0.0512, TestAccuracy: 0.9851, LR: []float64{0.1}, TrainSeconds: 2.1,
			ValidationLoss: p(0.06), ValidationAccuracy: p(0.98), EMATestAccuracy: p(0.97),
			Metrics: []runs.Metric{{Name: "f1", Larger: true, Test: p(0.985)}},
		},
		{
			Epoch: 3, TrainLoss: 0.1, TestLoss: 0.06, TestAccuracy: 1, LR: []float64{1.234e-05}, TrainSeconds: 100,
			ValidationLoss: p(0.07), ValidationAccuracy: p(0.97), EMATestAccuracy: p(0.98),
			Metrics: []runs.Metric{{Name: "f1", Larger: true, Test: p(1)}},
		},
	}
}

// What a run says on terminals of three widths, with and without colours. No line is wider than the terminal.
func TestTerminal(t *testing.T) {
	for _, width := range []int{40, 80, 120} {
		for _, colours := range []bool{false, true} {
			var b bytes.Buffer
			log := logrus.New()
			log.SetOutput(&b)
			log.SetFormatter(plain{func() int { return width }, colours})
			log.Info("training lenet-bn: SGD(lr=0.1, momentum=0.9), StepLR(step_size=5) per epoch, seed 1")
			rows := epochRows{start: runs.Start{Epochs: 3, By: runs.ByValidation, Best: runs.ByAccuracy}}
			for _, e := range narrated() {
				for _, line := range rows.add(e, width, colours) {
					fmt.Fprintln(&b, line)
				}
			}
			log.Warn("学习率太大: 网络的输出和随机猜测一样 the network does no better than guessing")
			for line := range strings.Lines(b.String()) {
				if n := text.StringWidthWithoutEscSequences(strings.TrimSuffix(line, "\n")); n > width {
					t.Errorf("width %d: got %d columns in %q", width, n, line)
				}
			}
			name := filepath.Join("testdata", fmt.Sprintf("terminal-%d.txt", width))
			if colours {
				name = filepath.Join("testdata", fmt.Sprintf("terminal-%d-colours.txt", width))
			}
			if *renewGolden {
				if err := os.WriteFile(name, b.Bytes(), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if want := string(content(t, name)); want != b.String() {
				t.Errorf("%s: got\n%swant\n%s", name, b.String(), want)
			}
		}
	}
}

// A run without classes has losses in place of accuracies, and one in which nothing chooses has no stars.
func TestRowsWithoutClasses(t *testing.T) {
	rows := epochRows{start: runs.Start{Epochs: 10, By: runs.ByNothing}}
	got := strings.Join(rows.add(runs.Epoch{Epoch: 1, TrainLoss: 1, TestLoss: 2, NoClasses: true}, 80, false), "\n")
	want := "" +
		"     epoch  train loss  test loss   seconds\n" +
		"      1/10      1.0000     2.0000       0.0"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if lines := rows.add(runs.Epoch{Epoch: 2, NoClasses: true}, 80, false); len(lines) != 1 || lines[0][0] != ' ' {
		t.Errorf("got %q, want one row without a star", lines)
	}
	if lines := rows.add(runs.Epoch{Epoch: 3, NoClasses: true}, 30, false); len(lines) != 2 {
		t.Errorf("a narrower terminal: got %q, want another head", lines)
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		line  string
		width int
		want  string
	}{
		{"one two three", 0, "one two three"},
		{"one two three", 13, "one two three"},
		{"one two three", 9, "one two\n  three"},
		{"学习 率 太大", 7, "学习 率\n  太大"},
		{"/a/long/path/without/spaces", 10, "/a/long/path/without/spaces"},
		{"\x1b[33mwarning:\x1b[0m a b", 10, "\x1b[33mwarning:\x1b[0m a\n  b"},
	} {
		if got := wrap(c.line, c.width); got != c.want {
			t.Errorf("%q at %d: got %q, want %q", c.line, c.width, got, c.want)
		}
	}
}

// A table counts the columns of wide characters.
func TestTableWidth(t *testing.T) {
	var b bytes.Buffer
	table := head(1, "name", "rate")
	table.add("固定", "1")
	table.add("step", "10")
	if err := table.write(&b); err != nil || b.String() != "name  rate\n固定     1\nstep    10\n" {
		t.Errorf("got %q, %v", b.String(), err)
	}
}

// The bar has the speed of training alone, and what the last epoch reached.
func TestStatus(t *testing.T) {
	s, now := new(status), time.Unix(0, 0)
	step := func(d time.Duration) {
		now = now.Add(d)
		s.see(runs.Step{Samples: 64, LR: []float64{0.01}}, now)
	}
	step(0)
	if s.text.Load() != nil {
		t.Errorf("got %q before there is anything to say", *s.text.Load())
	}
	step(speedEvery)
	if got := *s.text.Load(); got != "  lr 0.01  128/s" {
		t.Errorf("got %q", got)
	}
	s.see(runs.Epoch{TestAccuracy: 0.5, LR: []float64{0.01}}, now.Add(time.Hour))
	now = now.Add(2 * time.Hour)
	step(0)
	step(speedEvery)
	if got := *s.text.Load(); got != "  acc 50.00%  lr 0.01  128/s" {
		t.Errorf("got %q", got)
	}
}

// Every command has a group, and examples that parse.
func TestCommandHelp(t *testing.T) {
	p, err := newProgram([]Option{Name("mnist")})
	if err != nil {
		t.Fatal(err)
	}
	parser, err := newParser(&cli{}, p)
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range parser.Model.Children {
		help := commandHelp[command.Name]
		if help.group == "" || len(help.examples) == 0 || !strings.Contains(command.Detail, help.examples[0]) {
			t.Errorf("%s: got %+v, and detail %q", command.Name, help, command.Detail)
		}
		for _, e := range help.examples {
			if !strings.HasPrefix(e, command.Name) {
				t.Errorf("%s: got the example %q", command.Name, e)
			}
			if strings.Contains(e, "--resume") {
				continue // which reads the run
			}
			var stderr bytes.Buffer
			args := append(split(t, e), "--help")
			if code := Run(context.Background(), args, io.Discard, &stderr, Name("mnist")); code != exitOK {
				t.Errorf("%s: got code %d, %s", e, code, &stderr)
			}
		}
	}
	if len(commandHelp) != len(parser.Model.Children) {
		t.Errorf("got help for %d commands, want %d", len(commandHelp), len(parser.Model.Children))
	}
}

// split returns the words of an example.
func split(t *testing.T, example string) []string {
	t.Helper()
	var words []string
	for i, part := range strings.Split(example, "'") {
		if i%2 == 1 {
			words = append(words, part)
		} else {
			words = append(words, strings.Fields(part)...)
		}
	}
	return words
}

func TestNearest(t *testing.T) {
	names := []string{"train", "eval", "board", "bench", "lrfind"}
	for word, want := range map[string]string{
		"tarin": "train", "Train": "train", "bord": "board", "evla": "eval", "lr-find": "lrfind", "fly": "", "x": "",
		"": "", "trainings": "",
	} {
		if got := nearest(word, names); got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
	got := mnist(t, t.TempDir(), "bord")
	if got.code != exitUsage || !strings.Contains(got.stderr, "; did you mean board? (see mnist --help)") {
		t.Errorf("got %+v", got)
	}
}

func TestFileURL(t *testing.T) {
	dir := t.TempDir()
	if got := fileURL(filepath.Join(dir, "a b.html")); !strings.HasPrefix(got, "file:///") ||
		!strings.HasSuffix(got, "/a%20b.html") {
		t.Errorf("got %q", got)
	}
}
