package app

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/sirupsen/logrus"

	"anneal/finder"
	"anneal/internal/terminal"
	"anneal/models"
	"anneal/runs"
	"anneal/schedules"
	"anneal/solvers"
	"anneal/study"
)

var update = flag.Bool("update", false, "write testdata/terminal-*.txt anew")

// fakeTerminal keeps what is written to a terminal.
type fakeTerminal struct {
	bytes.Buffer
	screen terminal.Screen
}

func (f *fakeTerminal) Screen() terminal.Screen { return f.screen }

// scenes are what the program writes to terminals, by what it shows. drawn scenes have curves, whose labels depend on
// the width.
var scenes = []struct {
	name  string
	drawn bool
	show  func(t *testing.T, f *fakeTerminal)
}{
	{"a run", false, showRun},
	{"errors", false, commands("bord", "--model lent", "--solver SGD(lr=-1)", "--schedule StepLR(5,gama=0.1)",
		"compare --preset tutorail", "--epoch 3")},
	{"help", false, commands("--help", "schedule --help", "compare --bla")},
	{"lists", false, commands("models", "solvers", "schedules", "recipes")},
	{"a summary", false, commands("summary --model lenet-bn")},
	{"data", false, commands("data --data make_moons --quiet")},
	{"schedules", false, commands("schedule StepLR(3) --count 8 --curve never",
		"schedule StepLR(step_size=3) OneCycleLR(max_lr=0.1) --count 5 --curve never")},
	{"curves", true, commands("schedule StepLR(3) --count 8", "schedule OneCycleLR(max_lr=0.1) none --count 20 --log")},
	{"a study", false, showStudy},
	{"learning rates", false, showRates("never")},
	{"curves of learning rates", true, showRates("auto")},
}

// commands returns a scene of command lines.
func commands(lines ...string) func(*testing.T, *fakeTerminal) {
	return func(_ *testing.T, f *fakeTerminal) {
		for _, line := range lines {
			fmt.Fprintf(f, "$ %s\n", terminal.Cut(line, 30))
			Run(context.Background(), strings.Fields(line), f, f, shipped...)
		}
	}
}

// showRun shows the lines of a run, its epochs, its bar and what to do next.
func showRun(_ *testing.T, f *fakeTerminal) {
	log := logrus.New()
	log.SetOutput(f)
	log.SetFormatter(plain{f.Screen})
	log.Info("training lenet-bn: SGD(lr=0.1, momentum=0.9), StepLR(step_size=5) per epoch, seed 1")
	rows := epochRows{start: runs.Start{Epochs: 3, By: runs.ByValidation, Best: runs.ByAccuracy}}
	for _, e := range narrated() {
		for _, line := range rows.add(e, f.screen) {
			fmt.Fprintln(f, line)
		}
	}
	s := f.screen
	s.Width--
	fmt.Fprintln(f, barLine(s, 0.45, []piece{
		{0, "epoch 3/10"}, {3, "loss 0.0421"}, {4, "1m20s left"}, {5, "val acc 98.20%"}, {6, "lr 0.1"}, {7, "5120/s"},
	}))
	log.Warn("学习率太大: 网络的输出和随机猜测一样 the network does no better than guessing")
	log.Error("disk full: the checkpoint could not be written; the run goes on and tries again in a minute")
	p := &program{name: "mnist", command: "mnist"}
	(&console{program: p, stderr: f}).next([]string{
		"mnist eval --init runs/20260102-150405-lenet-bn/final.safetensors",
		"mnist serve --init runs/20260102-150405-lenet-bn/final.safetensors", "mnist board runs",
	})
}

// studied returns the results of a study of networks and schedules with long and with Chinese names.
func studied(t *testing.T) *study.Results {
	t.Helper()
	draw := func(name string) study.Model {
		m, err := models.Get(name)
		if err != nil {
			t.Fatal(err)
		}
		return study.Model{Name: name, Draw: m}
	}
	sgd := solvers.SGD{LR: 0.1, Momentum: 0.9}
	cycle := schedules.Default[schedules.OneCycleLR]()
	cycle.MaxLR = 0.1
	cells, err := study.Matrix{
		Models: []study.Model{draw("lenet"), draw("lenet-bn")}, Seeds: []uint64{1, 2},
		Settings: []study.Setting{
			{Name: "固定学习率", Solver: sgd, Schedule: schedules.Constant{}},
			{Solver: sgd, Schedule: cycle},
		},
	}.Cells()
	if err != nil {
		t.Fatal(err)
	}
	r := &study.Results{Dir: "runs/compare", Targets: []float64{0.97, 0.98, 0.99}, Usable: 0.9, By: runs.ByValidation}
	for i, c := range cells {
		validation := 0.97 + 0.003*float64(i)
		e := runs.Epoch{
			Epoch: 1, Step: 860, TestAccuracy: 0.968 + 0.003*float64(i), TrainSeconds: 1.5, TestSeconds: 0.5,
			ValidationAccuracy: &validation, ValidationLoss: new(0.1),
		}
		end := runs.End{Epochs: 1, BestAccuracy: e.TestAccuracy, BestEpoch: 1, Reason: runs.Completed}
		if i == 1 {
			end.Reason = runs.Diverged
		}
		epochs := []runs.Epoch{e}
		r.Cells = append(r.Cells, study.Result{
			Cell: c, Epochs: epochs, End: end, Choice: runs.Choose(epochs, runs.ByValidation, runs.ByAccuracy),
		})
	}
	return r
}

// showStudy shows the settings that are ahead, bars, and the table at the end.
func showStudy(t *testing.T, f *fakeTerminal) {
	r := studied(t)
	var cells []study.Cell
	for _, c := range r.Cells {
		cells = append(cells, c.Cell)
	}
	s := f.screen
	s.Width--
	a := newAhead(r, cells)
	for i := range len(a.places) + 1 {
		fmt.Fprintln(f, a.line(s, i))
	}
	fmt.Fprintln(f, barLine(s, 0.3, []piece{
		{0, study.Label(cells[3], cells) + ", seed 2"},
		{2, "epoch 3/10"},
		{3, "loss 0.0421"},
	}))
	fmt.Fprintln(f, barLine(s, 0.25, []piece{{0, "12/48 runs"}, {2, "1h20m left"}}))
	c := compareCmd{Format: "text"}
	if err := c.print(f, r); err != nil {
		t.Fatal(err)
	}
	args := []string{
		"compare", "--live", "localhost:6006", "--stay=1h", "--schedule", "none;OneCycleLR(max_lr=0.1)", "--seed", "1,2",
		"--epochs", "3",
	}
	on := &console{program: &program{name: "mnist", command: "mnist"}, args: args, stderr: f}
	list := c.next(on, "runs/compare")
	for i, command := range list {
		list[i] = strings.ReplaceAll(command, on.program.typed(), "mnist") // which the test is not called
	}
	on.next(list)
}

// showRates shows what lrfind found.
func showRates(curve string) func(*testing.T, *fakeTerminal) {
	return func(t *testing.T, f *fakeTerminal) {
		found := func(model string, best, loss float64) foundRate {
			r := &finder.Result{Curve: &finder.Curve{Diverged: true}, Best: best, Usable: 3 * best, Guess: 2.3}
			for i := range 30 {
				rate := 1e-4 * math.Pow(10, float64(i)/7)
				r.Curve.Points = append(r.Curve.Points, finder.Point{Rate: rate, Loss: 2, Smooth: 2.3 - loss*rate/(rate+best)})
			}
			for i := range 5 {
				rate := best / 10 * math.Pow(10, float64(i)/2)
				try := finder.Try{Rate: rate, Seed: 1, Outcome: finder.Trained, Loss: 0.1 + math.Abs(math.Log10(rate/best))/5}
				if i == 4 {
					try.Outcome, try.Loss = finder.Guessed, math.Inf(1)
				}
				r.Rates = append(r.Rates, finder.Rate{Rate: rate, Tries: []finder.Try{try}})
			}
			return foundRate{model: model, Result: r, solver: solvers.SGD{LR: best, Momentum: 0.9}}
		}
		all := []foundRate{found("lenet", 0.01, 1.5), found("lenet-bn", 0.1, 2)}
		l := lrfindCmd{TrySteps: 150, Seeds: 3, curveFlag: curveFlag{curve}}
		if err := l.print(f, rateFigure("Learning rates: SGD(momentum=0.9), batch 64, seed 1", 150, all), all); err != nil {
			t.Fatal(err)
		}
	}
}

// played returns what a terminal shows of all scenes, and of those that are not drawn.
func played(t *testing.T, s terminal.Screen) (all, written string) {
	t.Helper()
	for _, scene := range scenes {
		f := &fakeTerminal{screen: s}
		scene.show(t, f)
		text := fmt.Sprintf("# %s\n%s\n", scene.name, &f.Buffer)
		if all += text; !scene.drawn {
			written += text
		}
	}
	return all, written
}

var (
	escape = regexp.MustCompile("\x1b\\[[0-9;]*m")
	word   = regexp.MustCompile(`'[^'\n]*'`) // in quotes, for a shell
)

// fits reports lines that are wider than a terminal, unless they are a single word.
func fits(t *testing.T, text string, width int) {
	t.Helper()
	for line := range strings.SplitSeq(text, "\n") {
		words := strings.Fields(word.ReplaceAllString(escape.ReplaceAllString(line, ""), "quoted"))
		if n := terminal.Width(line); n > width && len(words) > 1 {
			t.Errorf("width %d: got %d columns in %q", width, n, line)
		}
	}
}

// breaksNone reports words in a text that whole does not have, as if a word were broken. The last word of a line that
// is cut has … behind it.
func breaksNone(t *testing.T, text, whole string, width int) {
	t.Helper()
	known := map[string]bool{`\`: true}
	for _, w := range strings.Fields(whole) {
		known[w], known[strings.TrimRight(w, ",")] = true, true
	}
	for _, w := range strings.Fields(text) {
		if !known[w] && !known[strings.TrimSuffix(w, "…")] && !strings.ContainsAny(w, "━╌") {
			t.Errorf("width %d: got %q, which is no word on a wide terminal", width, w)
		}
	}
}

// What the program shows on terminals of three widths, with and without colours, is in testdata. No line is wider than
// the terminal, and no word is broken.
func TestTerminal(t *testing.T) {
	_, whole := played(t, terminal.Screen{Width: 2000, Unicode: true})
	for _, width := range []int{40, 80, 120} {
		plain := ""
		for _, colours := range []bool{false, true} {
			got, written := played(t, terminal.Screen{Width: width, Colours: colours, Unicode: true})
			fits(t, got, width)
			name := fmt.Sprintf("terminal-%d.txt", width)
			if colours {
				name = fmt.Sprintf("terminal-%d-colours.txt", width)
				if written = escape.ReplaceAllString(written, ""); written != plain {
					t.Errorf("width %d: without its colours, got\n%s\nwant\n%s", width, written, plain)
				}
			}
			plain = written
			breaksNone(t, plain, whole, width)
			path := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if want := string(content(t, path)); want != got {
				t.Errorf("%s: got\n%swant\n%s", name, got, want)
			}
		}
	}
}

// The help of every command fits on narrow terminals, and no word of it is broken.
func TestHelpFits(t *testing.T) {
	p := asMNIST(t)
	parser, err := newParser(&cli{}, p)
	if err != nil {
		t.Fatal(err)
	}
	app := parser.Model
	for _, node := range append([]*kong.Node{app.Node}, app.Children...) {
		page := newHelpPage(app, node)
		whole := strings.Join(page.text(terminal.Screen{Width: 100_000}), "\n")
		for _, width := range []int{40, 80, 120} {
			text := strings.Join(page.text(terminal.Screen{Width: width}), "\n")
			fits(t, text, width)
			breaksNone(t, text, whole, width)
		}
	}
}
