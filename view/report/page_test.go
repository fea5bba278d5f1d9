package report_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"anneal/runs"
	"anneal/view/report"
	"anneal/view/report/reporttest"
)

// evil is a name that ends whatever it is put into.
const evil = `</script><script>alert(1)</script>"'><img src=x onerror=alert(2)> ünï ` + "\u2028"

// run is a run of epochs, whose test loss falls by itself and whose accuracy rises.
func run(name string, seed uint64, epochs int) report.Run {
	r := report.Run{
		Name: name, Seed: seed,
		Run: runs.Run{Dir: "runs/" + name, End: &runs.End{Epochs: epochs, Reason: runs.Completed}},
	}
	r.Record = &runs.Record{
		Model: name, Solver: "SGD(lr=0.1)", Schedule: "StepLR(step_size=5)",
		Settings: runs.Settings{Interval: runs.PerEpoch, Epochs: epochs, Batch: 100, Seed: seed},
		Train:    runs.DataRecord{Samples: 1000, Shape: [3]int{1, 2, 2}, Classes: 3},
		Notes:    map[string]any{"command": `go run ./cmd/mnist --schedule 'StepLR(5)' '--data=it'\''s'`},
	}
	for e := 1; e <= epochs; e++ {
		loss := 0.05 + float64(seed)/100 + math.Exp(-float64(e)/4)
		lr := 0.1 * math.Pow(0.1, math.Floor(float64(e-1)/5))
		for s := 1; s <= 10; s++ {
			r.Steps = append(r.Steps, runs.Step{
				Epoch: e, Step: 10*(e-1) + s, Seen: 100 * s,
				Loss: loss * (1 + 0.3*math.Sin(float64(7*s))), LR: []float64{lr},
			})
		}
		r.Epochs = append(r.Epochs, runs.Epoch{
			Epoch: e, Step: 10 * e, TrainLoss: loss, TestLoss: 1.2 * loss, TestAccuracy: 1 - loss/3, LR: []float64{lr},
			TrainSeconds: 1, TestSeconds: 0.1,
			Confusion: [][]int{{90, 9, 1}, {2, 95, 3}, {0, 0, 100}},
			Precision: []float64{0.978, 0.913, 0.962}, Recall: []float64{0.9, 0.95, 1},
		})
	}
	r.Mistakes = &runs.Mistakes{
		Shape:    [3]int{1, 2, 2},
		Mistakes: []runs.Mistake{{Index: 7, Label: 1, Predicted: 2, Probability: 0.98, Pixels: []byte{0, 255, 128, 0}}},
	}
	return r
}

// save is the text of the page, with what is packed written out.
func save(t *testing.T, p report.Page) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "page.html")
	if err := p.Save(path); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(reporttest.Unpacked(t, content))
}

func TestPage(t *testing.T) {
	text := save(t, report.Page{Runs: []report.Run{run("lenet-bn", 1, 10)}})
	for _, want := range []string{
		"<h1>lenet-bn</h1>", "<dt>best test accuracy</dt><dd>95.26 %", "in epoch 10 of 10", "completed",
		`<td class="right s18">90</td>`, `<td class="wrong s20">9</td>`, "97.80 %", // the confusion matrix
		`alt="a 1, taken for a 2"`, "data:image/png;base64,",
		"go run ./cmd/mnist</span> <span>--schedule &#39;StepLR(5)&#39; &#39;--data=it&#39;\\&#39;&#39;s&#39;</span></code>",
		`"text":"lr 0.01"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not have %s", want)
		}
	}
	if again := save(t, report.Page{Runs: []report.Run{run("lenet-bn", 1, 10)}}); again != text {
		t.Error("the same runs give another page")
	}
}

var (
	dataPattern   = regexp.MustCompile(`(?s)<script type="text/plain" id="data">(.*?)</script>`)
	policyPattern = regexp.MustCompile(`http-equiv="Content-Security-Policy" content="([^"]*)"`)
	inlinePattern = regexp.MustCompile(`(?s)<(script|style)>(.*?)</(?:script|style)>`)
)

// TestHostileTexts checks that no text becomes anything but text.
func TestHostileTexts(t *testing.T) {
	one := run(evil, 1, 3)
	one.Record.Notes["command"] = evil
	one.Record.Notes[evil] = evil
	text := save(t, report.Page{
		Title: evil, Command: evil, Runs: []report.Run{one, run("b", 1, 2)},
		Tables: []report.Table{{Title: evil, Head: []string{evil}, Rows: [][]report.Cell{{report.Text(evil)}}}},
		HeatMaps: []report.HeatMap{
			{
				Title: evil, X: evil, Y: evil, Columns: []string{evil}, Rows: []string{evil}, Values: [][]float64{{1}},
				Format: evil + "%v",
			},
		},
	})
	for _, part := range []string{"<script>alert", "<img src=x", "onerror=alert(2)>"} {
		if strings.Contains(text, part) {
			t.Errorf("the page has %s", part)
		}
	}
	var groups []struct {
		Charts []struct{ Lines []struct{ Name string } }
	}
	if err := json.Unmarshal([]byte(dataPattern.FindStringSubmatch(text)[1]), &groups); err != nil ||
		groups[0].Charts[0].Lines[0].Name != evil {
		t.Errorf("got %v, %v, want the name as it is", groups, err)
	}
	// The browser runs what the policy names and nothing else.
	policy := strings.ReplaceAll(policyPattern.FindStringSubmatch(text)[1], "&#39;", "'")
	policy = strings.ReplaceAll(policy, "&#43;", "+")
	parts := inlinePattern.FindAllStringSubmatch(text, -1)
	if len(parts) != 3 {
		t.Errorf("got %d scripts and styles, want 3", len(parts))
	}
	for _, p := range parts {
		sum := sha256.Sum256([]byte(p[2]))
		if want := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(policy, want) {
			t.Errorf("the policy %s does not name a %s: %s", policy, p[1], want)
		}
	}
	if !strings.HasPrefix(policy, "default-src 'none';") || strings.Contains(policy, "http") ||
		strings.Contains(policy, "unsafe") {
		t.Errorf("got policy %s", policy)
	}
}

// TestAnyRuns checks that whatever became of runs, there is a page and a picture.
func TestAnyRuns(t *testing.T) {
	diverged := run("wild", 1, 0)
	diverged.End.Reason, diverged.Mistakes = runs.Diverged, nil
	late := run("late", 2, 3)
	late.End.Reason = runs.Diverged
	late.Epochs[2].TestLoss, late.Epochs[2].TrainLoss = math.Inf(1), math.NaN()
	killed := run("killed", 1, 1)
	killed.End = nil
	odd := run("odd", 1, 2)
	odd.Epochs[0].LR, odd.Steps[0].LR, odd.Record.Train.Samples = nil, nil, 0
	odd.Epochs[1].Confusion = [][]int{{1}, {2, 3}}
	for name, runs := range map[string][]report.Run{
		"none": nil, "diverged": {diverged}, "late": {late}, "killed": {killed}, "odd": {odd}, "empty": {{}},
		"all": {diverged, late, killed, odd, {}, run("fine", 1, 4), run("fine", 2, 4)},
	} {
		p := report.Page{Title: name, Runs: runs}
		text := save(t, p)
		if !json.Valid([]byte(dataPattern.FindStringSubmatch(text)[1])) {
			t.Errorf("%s: the data are no JSON", name)
		}
		if err := p.Curves(filepath.Join(t.TempDir(), "curves.svg")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	text := save(t, report.Page{Runs: []report.Run{diverged}})
	if !strings.Contains(text, "<dd>diverged <small>after 0 epochs") {
		t.Error("the page does not say that the run diverged")
	}
}

func TestSavePageErrors(t *testing.T) {
	dir := t.TempDir()
	broken := run("broken", 1, 1)
	broken.Mistakes.Mistakes[0].Pixels = nil
	for _, c := range []struct {
		page report.Page
		path string
		want string
	}{
		{report.Page{}, "page.png", ".html"},
		{report.Page{}, "nowhere/page.html", "no such file"},
		{report.Page{Runs: []report.Run{broken}}, "page.html", "sample 7: got 0 bytes of shape [1 2 2]"},
	} {
		if err := c.page.Save(filepath.Join(dir, c.path)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.path, err, c.want)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v, %v is left behind", err, left)
	}
}

func TestDistinguish(t *testing.T) {
	a, b, c, d := run("lenet", 1, 1), run("lenet", 2, 1), run("lenet", 1, 1), run("lenet", 1, 1)
	c.Record.Solver, d.Dir = "Adam(lr=0.001)", "runs/again"
	all := []report.Run{a, b, c, d}
	report.Distinguish(all)
	want := []string{"lenet, SGD(lr=0.1)", "lenet, SGD(lr=0.1)", "lenet, Adam(lr=0.001)", "lenet, SGD(lr=0.1), again"}
	for i, r := range all {
		if r.Name != want[i] {
			t.Errorf("run %d: got %q, want %q", i, r.Name, want[i])
		}
	}
}

// changed returns, by the path of its keys in config.json, a record for each setting that affects the numbers. In each
// record that one setting is changed. A new setting is included without a change here.
func changed(t *testing.T) map[string]*runs.Record {
	t.Helper()
	base := run("lenet", 1, 1).Record
	base.Tuning, base.Init, base.Validation = &runs.TuningRecord{}, &runs.InitRecord{}, &runs.DataRecord{}
	variants := map[string]*runs.Record{}
	var visit func(path string, index []int, v reflect.Value)
	visit = func(path string, index []int, v reflect.Value) {
		for i := range v.NumField() {
			key, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			place := append(slices.Clone(index), i)
			if slices.Contains([]string{"notes", "versions", "log_every", "save_every", "keep", "seed", "steps"}, key) ||
				slices.Contains([]string{
					"name", "class_names", "channel_mean", "channel_std", "background", "preprocess", "target",
				}, key) || slices.Contains([]string{"note", "tags", "date", "host"}, key) {
				continue // the second list describes the samples that sha256 is of, the third the run
			}
			if f := reflect.Indirect(v.Field(i)); f.Kind() == reflect.Struct {
				if key != "" { // what is embedded has no key
					key = path + key + ": "
				}
				visit(key, place, f)
				continue
			}
			r := *base
			r.Tuning, r.Init, r.Validation = new(*base.Tuning), new(*base.Init), new(*base.Validation)
			switch f := reflect.ValueOf(&r).Elem().FieldByIndex(place); f.Kind() {
			case reflect.String:
				f.SetString("other")
			case reflect.Int:
				f.SetInt(77)
			case reflect.Uint64:
				f.SetUint(77)
			case reflect.Float64:
				f.SetFloat(0.77)
			case reflect.Bool:
				f.SetBool(!f.Bool())
			case reflect.Slice:
				list := reflect.MakeSlice(f.Type(), 1, 1)
				switch first := list.Index(0); first.Kind() {
				case reflect.String:
					first.SetString("other*")
				case reflect.Int:
					first.SetInt(77)
				}
				f.Set(list)
			case reflect.Array:
				f.Index(1).SetInt(77)
			default:
				t.Fatalf("%s%s: a %v, which this test cannot change", path, key, f.Kind())
			}
			variants[path+key] = &r
		}
	}
	visit("", nil, reflect.ValueOf(*base))
	return variants
}

// Runs that differ in any setting are no seeds of one setting.
func TestDistinguishEverySetting(t *testing.T) {
	variants := changed(t)
	if len(variants) < 40 {
		t.Errorf("got %d settings, want all", len(variants))
	}
	for key, record := range variants {
		a, b := run("lenet", 1, 1), run("lenet", 2, 1)
		a.Record.Tuning, a.Record.Init = &runs.TuningRecord{}, &runs.InitRecord{}
		b.Record = record
		all := []report.Run{a, b}
		report.Distinguish(all)
		if all[0].Name == all[1].Name || strings.Contains(all[1].Name, "_") {
			t.Errorf("%s: got names %q and %q", key, all[0].Name, all[1].Name)
		}
	}
	a, b, c, d := run("lenet-bn", 1, 2), run("lenet-bn", 2, 2), run("lenet-bn", 3, 2), run("lenet-bn", 4, 2)
	a.Record.LabelSmoothing, a.Record.EMA, a.Record.TotalSteps = 0.2, 0.9, 7
	b.Record.Tuning, b.Record.Train.SHA256 = &runs.TuningRecord{ClipNorm: 0.01, WeightOnly: true}, "0123456789ab"
	c.Record.Train.Samples, c.Record.Train.SHA256 = 500, "ba9876543210"
	d.Record.LogEvery, d.Record.Versions = 7, map[string]string{"go": "go2"}
	all := []report.Run{a, b, c, d}
	report.Distinguish(all)
	for i, want := range []string{
		"lenet-bn, label smoothing 0.2, ema 0.9, 1000 samples",
		"lenet-bn, 1000 samples, train hash 01234567, clip norm 0.01, no decay norm bias",
		"lenet-bn, 500 samples, train hash ba987654",
		"lenet-bn, 1000 samples",
	} {
		if all[i].Name != want {
			t.Errorf("run %d: got %q, want %q", i, all[i].Name, want)
		}
	}
}

// A run has 20 batches per epoch and an update every four batches. A rate that is set after step 15 is drawn after the
// third epoch.
func TestMarkOfSteeredRate(t *testing.T) {
	dir := t.TempDir()
	record := run("lenet", 1, 4).Record
	record.Train.Samples, record.Batch, record.Accumulate = 2000, 100, 4
	if err := record.Write(dir); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		`{"event":"control","epoch":4,"step":15,"action":"rate","lr":[0.01]}`, // as older versions of the program wrote it
		`{"event":"control","epoch":4,"step":15,"passed":3,"action":"rate","lr":[0.01]}`,
	} {
		if err := os.WriteFile(filepath.Join(dir, runs.MetricsFile), []byte(line+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		r, err := report.ReadRun(dir)
		if err != nil {
			t.Fatal(err)
		}
		r.Epochs = run("lenet", 1, 4).Epochs
		if text := save(t, report.Page{Runs: []report.Run{*r}}); !strings.Contains(text, `{"x":3,"text":"set: lr 0.01"}`) {
			t.Errorf("%s: the page does not mark it at 3", line)
		}
	}
}

// A page about two settings, one of which has two seeds, with a table of its own.
func ExamplePage_Save() {
	dir, err := os.MkdirTemp("", "page")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	page := report.Page{
		Title: "With and without",
		Runs: []report.Run{
			{
				Name: "lenet-bn", Seed: 1,
				Run: runs.Run{
					Epochs: []runs.Epoch{{Epoch: 1, TrainLoss: 0.12, TestLoss: 0.05, TestAccuracy: 0.984, LR: []float64{0.1}}},
				},
			},
			{
				Name: "lenet-bn", Seed: 2,
				Run: runs.Run{
					Epochs: []runs.Epoch{{Epoch: 1, TrainLoss: 0.13, TestLoss: 0.06, TestAccuracy: 0.982, LR: []float64{0.1}}},
				},
			},
			{
				Name: "lenet", Seed: 1,
				Run: runs.Run{
					Epochs: []runs.Epoch{{Epoch: 1, TrainLoss: 2.3, TestLoss: 2.3, TestAccuracy: 0.1135, LR: []float64{0.1}}},
				},
			},
		},
		Tables: []report.Table{{
			Title: "Settings", Head: []string{"setting", "best accuracy"},
			Rows: [][]report.Cell{
				{report.Text("lenet-bn"), report.Percent(0.983)},
				{report.Text("lenet"), report.Percent(0.1135)},
			},
		}},
	}
	fmt.Println(page.Save(filepath.Join(dir, "report.html")), page.Curves(filepath.Join(dir, "curves.svg")))
	// Output:
	// <nil> <nil>
}
