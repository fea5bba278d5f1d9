package app

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"anneal/internal/terminal"
	"anneal/runs"
)

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

// A run without classes has losses in place of accuracies, and one in which nothing chooses has no stars.
func TestRowsWithoutClasses(t *testing.T) {
	rows, wide := epochRows{start: runs.Start{Epochs: 10, By: runs.ByNothing}}, terminal.Screen{Width: 80}
	got := strings.Join(rows.add(runs.Epoch{Epoch: 1, TrainLoss: 1, TestLoss: 2, NoClasses: true}, wide), "\n")
	want := "" +
		"     epoch  train loss  test loss   seconds\n" +
		"      1/10      1.0000     2.0000       0.0"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if lines := rows.add(runs.Epoch{Epoch: 2, NoClasses: true}, wide); len(lines) != 1 || lines[0][0] != ' ' {
		t.Errorf("got %q, want one row without a star", lines)
	}
	if lines := rows.add(runs.Epoch{Epoch: 3, NoClasses: true}, terminal.Screen{Width: 30}); len(lines) != 2 {
		t.Errorf("a narrower terminal: got %q, want another head", lines)
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
	if s.parts.Load() != nil {
		t.Errorf("got %q before there is anything to say", *s.parts.Load())
	}
	step(speedEvery)
	if got := strings.Join(*s.parts.Load(), "  "); got != "lr 0.01  128/s" {
		t.Errorf("got %q", got)
	}
	s.see(runs.Epoch{TestAccuracy: 0.5, LR: []float64{0.01}}, now.Add(time.Hour))
	now = now.Add(2 * time.Hour)
	step(0)
	step(speedEvery)
	if got := strings.Join(*s.parts.Load(), "  "); got != "acc 50.00%  lr 0.01  128/s" {
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

func TestDidYouMean(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "own.yaml"), []byte("epoch: 3\n"))
	write(t, filepath.Join(dir, "prices.csv"), []byte("size,price\n1,2\n2,3\n3,4\n4,5\n5,6\n6,7\n"))
	for _, c := range []struct{ args, want string }{
		{"bord", "; did you mean board? (see mnist --help)\n"},
		{"--model lent", "; did you mean lenet? (see mnist train --help)\n"},
		{"--model lenet-nb(norm=layer)", "; did you mean lenet-bn? (see mnist train --help)\n"},
		{"--solver adm", "; did you mean Adam? (see mnist train --help)\n"},
		{"--solver SGD(momentun=0.9)", "; did you mean momentum? (see mnist train --help)\n"},
		{"--schedule StepRL(5)", "; did you mean StepLR? (see mnist train --help)\n"},
		{"--augment RandomCorp(28)", "; did you mean RandomCrop? (see mnist train --help)\n"},
		{"--metrics acuracy", "; did you mean accuracy? (see mnist train --help)\n"},
		{"--group conv*:solver=Adm", "; did you mean Adam? (see mnist train --help)\n"},
		{"--recipe bset", "; did you mean best? (see mnist train --help)\n"},
		{"--recipe own.yaml", "; did you mean epochs? (see mnist train --help)\n"},
		{"recipes bset", "; did you mean best?\n"},
		{"compare --preset tutorail", "; did you mean tutorial? (see mnist compare --help)\n"},
		{"compare --preset tutorail --help", "; did you mean tutorial? (see mnist compare --help)\n"},
		{"compare --setting a:Adm", "; did you mean Adam? (see mnist compare --help)\n"},
		{"--epoch 3", "did you mean \"--epochs\"? (see mnist train --help)\n"},
		{"data --data make_mons", "; did you mean make_moons?\n"},
		{"data --data prices.csv?taget=price", "; did you mean target?\n"},
		{"data --data prices.csv?target=prize", "; did you mean price?\n"},
	} {
		got := mnist(t, dir, strings.Fields(c.args)...)
		if got.code == exitOK || !strings.HasSuffix(got.stderr, c.want) {
			t.Errorf("%s: got %+v, want %s", c.args, got, c.want)
		}
	}
}

func TestFileURL(t *testing.T) {
	dir := t.TempDir()
	if got := fileURL(filepath.Join(dir, "a b.html")); !strings.HasPrefix(got, "file:///") ||
		!strings.HasSuffix(got, "/a%20b.html") {
		t.Errorf("got %q", got)
	}
}
