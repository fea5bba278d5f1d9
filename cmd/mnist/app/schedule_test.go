package app

import (
	"encoding/csv"
	"encoding/json"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"anneal/internal/longtest"
	"anneal/schedules"
)

func TestScheduleTable(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program several times")
	for _, c := range []struct{ args, want string }{
		{"schedule,StepLR(2; gamma=0.1),--lr,0.5,--count,4", `
count  rate
    0   0.5
    1   0.5
    2  0.05
    3  0.05
`},
		{"schedule,none,SequentialLR([ConstantLR(0.5; 2); CyclicLR(0.1; 0.2; 2)]; [2]),--count,5", `
1: Constant()
2: SequentialLR(schedulers=[ConstantLR(factor=0.5, total_iters=2), ` +
			`CyclicLR(base_lr=0.1, max_lr=0.2, step_size_up=2)], ` +
			`milestones=[2])
count  rate 1  rate 2  momentum 2
    0     0.1    0.05         0.9
    1     0.1    0.05         0.9
    2     0.1     0.1         0.9
    3     0.1    0.15        0.85
    4     0.1     0.2         0.8
`},
		{"schedule,ReduceLROnPlateau(patience=0; factor=0.5; threshold_mode='abs'),--metrics,-1;-1;-3", `
count  rate
    0   0.1
    1   0.1
    2  0.05
    3  0.05
`},
		{"schedule,ReduceLROnPlateau(patience=0; factor=0.5),--metrics=2;3;4;5,--count,3", `
count  rate
    0   0.1
    1   0.1
    2  0.05
`},
	} {
		args := strings.Split(c.args, ",")
		for i := range args {
			args[i] = strings.ReplaceAll(args[i], ";", ",")
		}
		got := mnist(t, t.TempDir(), args...)
		if got.code != 0 || got.stderr != "" || got.stdout != strings.TrimPrefix(c.want, "\n") {
			t.Errorf("%q: got %+v, want\n%s", args, got, c.want)
		}
	}
}

// TestScheduleExact wants csv and json to read back to the very rates and momenta.
func TestScheduleExact(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program several times")
	specs := []string{"OneCycleLR(max_lr=0.3, total_steps=9)", "ExponentialLR(gamma=0.7)"}
	const n = 12
	args := append([]string{"schedule", "--lr", "0.1", "--count", strconv.Itoa(n), "--format"}, "csv")
	rows, err := csv.NewReader(strings.NewReader(mnist(t, t.TempDir(), append(args, specs...)...).stdout)).ReadAll()
	if err != nil || len(rows) != n+1 {
		t.Fatalf("got %q, %v", rows, err)
	}
	if got, want := strings.Join(rows[0], "|"),
		"count|rate "+specs[0]+"|momentum "+specs[0]+"|rate "+specs[1]; got != want {
		t.Errorf("got head %s, want %s", got, want)
	}
	args[len(args)-1] = "json"
	var document struct {
		LR        float64
		Schedules []struct {
			Schedule       string
			Rate, Momentum []float64
		}
	}
	if err := json.Unmarshal([]byte(mnist(t, t.TempDir(), append(args, specs...)...).stdout), &document); err != nil {
		t.Fatal(err)
	}
	if document.LR != 0.1 || len(document.Schedules) != 2 || document.Schedules[0].Schedule != specs[0] ||
		document.Schedules[1].Momentum != nil {
		t.Fatalf("got %+v", document)
	}
	for i, column := range []int{1, 3} {
		s, err := schedules.Parse(specs[i])
		if err != nil {
			t.Fatal(err)
		}
		d, err := schedules.NewDriver(s, []float64{0.1})
		if err != nil {
			t.Fatal(err)
		}
		for count := range n {
			want := d.Rates(count)[0]
			got, err := strconv.ParseFloat(rows[count+1][column], 64)
			if err != nil || got != want || document.Schedules[i].Rate[count] != want {
				t.Errorf("%s at %d: csv has %v, json %v, want %v", specs[i], count, got, document.Schedules[i].Rate[count], want)
			}
			if want, cycles := d.Momentum(count); cycles && document.Schedules[i].Momentum[count] != want {
				t.Errorf("%s at %d: got momentum %v, want %v", specs[i], count, document.Schedules[i].Momentum[count], want)
			}
		}
	}
	overflow := mnist(t, t.TempDir(), "schedule", "ExponentialLR(1e300)", "--count", "3", "--format", "json")
	if overflow.code != 0 || !strings.Contains(overflow.stdout, `"rate":[0.1,1e+299,1.7976931348623157e+308]`) {
		t.Errorf("a rate that overflows: got %+v", overflow)
	}
}

func TestSchedulePlot(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program several times")
	dir := t.TempDir()
	args := []string{"schedule", "OneCycleLR(0.1, 40)", "StepLR(10)", "--log", "--plot"}
	if got := mnist(t, dir, append(args, "a.svg")...); got.code != 0 || got.stderr != "drawn in a.svg\n" {
		t.Errorf("got %+v", got)
	}
	if svg := string(content(t, dir, "a.svg")); !strings.Contains(svg, "OneCycleLR(max_lr=0.1, total_steps=40)") ||
		!strings.Contains(svg, "momentum") {
		t.Error("the svg does not say what it shows")
	}
	for _, want := range []string{"drawn in a.png\n", "drawn in a.png, in place of an older file\n"} {
		if got := mnist(t, dir, append(args, "a.png")...); got.code != 0 || got.stderr != want {
			t.Errorf("got %+v, want %s", got, want)
		}
	}
	f, err := os.Open(filepath.Join(dir, "a.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := png.Decode(f); err != nil {
		t.Error(err)
	}
	if got := mnist(t, dir, append(args, "nowhere/a.png")...); got.code != 1 ||
		!strings.Contains(got.stderr, "nowhere/a.png") {
		t.Errorf("got %+v", got)
	}
}

func TestScheduleErrors(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program dozens of times")
	for _, c := range []struct{ args, want string }{
		{"", "<spec>"},
		{"StepLR(5;gama=0.1)", "column 10: StepLR has no setting \"gama\""},
		{"StepRL(5)", "there is no schedule \"StepRL\"; there are none, "},
		{"StepLR(5", "column 7: this '(' is not closed"},
		{"StepLR(-5)", "step_size is -5"},
		{"StepLR(5),--lr,-1", `--lr: got "-1", want a finite number of at least 0`},
		{"StepLR(5),--lr,NaN", "NaN"},
		{"StepLR(5),--count,0", "--count"},
		{"StepLR(5),--format,xml", "--format"},
		{"StepLR(5),--plot,a.pdf", "a.pdf: want a name that ends in .png or .svg"},
		{"StepLR(5),--metrics,1;2", "--metrics: none of the schedules depends on a metric"},
		{"ReduceLROnPlateau(),--metrics,1;x", `--metrics: got "x"`},
		{
			"ReduceLROnPlateau(),--metrics,1;2,--count,10",
			"--metrics: got 2, want 9: one after each of 10 counts except the last",
		},
		{"ReduceLROnPlateau(min_lr=[0.1; 0.2])", "min_lr has 2 rates"},
	} {
		var args []string
		for arg := range strings.SplitSeq("schedule,"+c.args, ",") {
			if arg != "" {
				args = append(args, strings.ReplaceAll(arg, ";", ","))
			}
		}
		got := mnist(t, t.TempDir(), args...)
		if got.code != exitUsage || got.stdout != "" || strings.Count(got.stderr, "\n") != 1 ||
			!strings.Contains(got.stderr, c.want) {
			t.Errorf("%q: got %+v, want %s", args, got, c.want)
		}
	}
	if got := mnist(t, t.TempDir(), "schedule", "ReduceLROnPlateau()"); got.code != 0 ||
		!strings.HasPrefix(got.stderr, "warning: ") || !strings.Contains(got.stderr, "--metrics") {
		t.Errorf("a plateau without metrics: got %+v", got)
	}
}

// Schedules without a length have that of --count, and lines of a tutorial are read.
func TestScheduleTakesCount(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program several times")
	for spec, want := range map[string]string{
		"scheduler = CosineAnnealingLR(optimizer)  # the run's": "0,0.1\n1,0.0",
		"OneCycleLR(opt, max_lr=0.1)":                           "0,0.0040000000000000036,0.95\n",
	} {
		got := mnist(t, t.TempDir(), "schedule", spec, "--count", "4", "--format", "csv")
		if got.code != 0 || !strings.Contains(got.stdout, want) {
			t.Errorf("%s: got %+v, want %s", spec, got, want)
		}
	}
}
