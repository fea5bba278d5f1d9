package app

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"anneal/internal/longtest"
	"anneal/study"
)

// fromJSON reads what a command prints as JSON.
func fromJSON[T any](t *testing.T, dir string, args ...string) T {
	t.Helper()
	var v T
	got := mnist(t, dir, append(args, "--format=json")...)
	d := json.NewDecoder(strings.NewReader(got.stdout))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil || got.code != exitOK {
		t.Fatalf("%v: got %+v, %v", args, got, err)
	}
	return v
}

// fromCSV reads the rows that a command prints as CSV.
func fromCSV(t *testing.T, dir string, args ...string) [][]string {
	t.Helper()
	got := mnist(t, dir, append(args, "--format=csv")...)
	rows, err := csv.NewReader(strings.NewReader(got.stdout)).ReadAll()
	if err != nil || got.code != exitOK {
		t.Fatalf("%v: got %+v, %v", args, got, err)
	}
	return rows
}

// TestFormats reads back what commands print for other programs.
func TestFormats(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program dozens of times")
	dir, set := t.TempDir(), dataset(t, 60, 28)
	train := []string{
		"--data", set, "--model", "mlp-bn", "--epochs", "2", "--batch", "20", "--out", "run", "--ema", "0.9", "--quiet",
	}
	if got := mnist(t, dir, train...); got.code != exitOK {
		t.Fatalf("got %+v", got)
	}
	weights := "--init=run/last.safetensors"

	eval := fromJSON[evaluationRecord](t, dir, "eval", weights, "--data", set, "--quiet")
	if eval.Total != 60 || eval.Accuracy != float64(eval.Correct)/60 || eval.Loss == nil || eval.Recall != nil {
		t.Errorf("eval: got %+v", eval)
	}
	classes := fromJSON[evaluationRecord](t, dir, "eval", weights, "--data", set, "--per-class", "--quiet")
	if len(classes.Recall) != 10 || len(classes.Confusion) != 10 {
		t.Errorf("eval --per-class: got %+v", classes)
	}

	file := fromJSON[fileRecord](t, dir, "inspect", "run/last.safetensors")
	bias := slices.IndexFunc(file.Tensors, func(r tensorRecord) bool { return r.Name == "fc3.bias" })
	if file.Config.Model != "mlp-bn" || file.Progress.Step != 6 || len(file.Checksum) != 64 ||
		len(file.EMA) != len(file.Tensors) || file.State == nil {
		t.Errorf("inspect: got %+v", file)
	} else if r := file.Tensors[bias]; !slices.Equal(r.Shape, []int{10}) || r.Type != "F32" || r.Norm == nil ||
		!(r.Min < r.Max) {
		t.Errorf("inspect: got fc3.bias %+v", r)
	}

	predict := []string{"predict", weights, absolute("../../../deploy/predict/testdata/digit.png")}
	digit := fromJSON[answer](t, dir, predict...)
	if rows := fromCSV(t, dir, predict...); len(rows) != 2 || len(rows[0]) != 12 ||
		rows[1][1] != strconv.Itoa(digit.Digit) {
		t.Errorf("predict: got %+v and rows %q", digit, rows)
	}

	find := []string{
		"lrfind", "--data", set, "--compare", "mlp,mlp-bn", "--batch", "10", "--steps", "40", "--try-steps", "10",
		"--quiet",
	}
	type curve struct {
		Model       string              `json:"model"`
		Suggestions map[string]*float64 `json:"suggestions"`
		Solver      string              `json:"solver"`
		Tries       []struct {
			Rate     float64  `json:"lr"`
			Seed     uint64   `json:"seed"`
			Steps    int      `json:"steps"`
			Outcome  string   `json:"outcome"`
			Loss     *float64 `json:"valid_loss"`
			Accuracy *float64 `json:"valid_accuracy"`
		} `json:"tries"`
		Diverged bool `json:"diverged"`
		Points   []struct {
			Rate   float64  `json:"lr"`
			Loss   *float64 `json:"loss"`
			Smooth *float64 `json:"smoothed_loss"`
		} `json:"points"`
	}
	curves, rows := fromJSON[[]curve](t, dir, find...), fromCSV(t, dir, find...)
	if len(curves) != 2 || len(rows) != 1+len(curves[0].Points)+len(curves[1].Points)+
		len(curves[0].Tries)+len(curves[1].Tries) ||
		curves[1].Suggestions["largest_usable"] == nil {
		t.Fatalf("lrfind: got %+v and %d rows", curves, len(rows))
	}
	p, row := curves[0].Points[3], rows[4]
	if row[0] != "mlp" || row[1] != number(p.Rate, -1) || row[3] != number(*p.Smooth, -1) {
		t.Errorf("lrfind: got %+v and %q", p, row)
	}

	compare := []string{
		"compare", "--data", set, "--model", "mlp", "--seed", "1", "--epochs", "1",
		"--out", "study", "--quiet",
	}
	for format, name := range map[string]string{"csv": study.ResultsCSV, "json": study.ResultsJSON} {
		got := mnist(t, dir, append(compare, "--format", format)...)
		if want := content(t, dir, "study", name); got.code != exitOK || got.stdout != string(want) {
			t.Errorf("compare: got %+v, want %s", got, want)
		}
	}
}

// TestOldNames gives flags their old names: they do what they did and say what they are called now.
func TestOldNames(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program several times")
	dir := t.TempDir()
	for _, name := range []string{"--dot", "--draw"} {
		got := mnist(t, dir, "summary", name, "net"+name+".dot")
		want := ""
		if name == "--dot" {
			want = "warning: --dot is now --draw\n"
		}
		if got.code != exitOK || got.stderr != want {
			t.Errorf("%s: got code %d, log %s, want %s", name, got.code, got.stderr, want)
		}
	}
	if a, b := content(t, dir, "net--dot.dot"), content(t, dir, "net--draw.dot"); !bytes.Equal(a, b) {
		t.Error("--dot and --draw draw different graphs")
	}
	predict := []string{
		"predict", "--init", absolute("../../../deploy/predict/testdata/lenet-bn.safetensors"), "--model", "lenet-bn",
		absolute("../../../deploy/predict/testdata/digit.png"),
	}
	old, now := mnist(t, dir, append(predict, "--json")...), mnist(t, dir, append(predict, "--format=json")...)
	const told = "warning: --json is now --format=json\n"
	if old.code != exitOK || old.stdout != now.stdout || old.stderr != told || now.stderr != "" {
		t.Errorf("--json: got %+v, want %+v", old, now)
	}
	old, now = mnist(t, dir, "schedule", "StepLR(5)", "--format=table"), mnist(t, dir, "schedule", "StepLR(5)")
	if old != now || now.code != exitOK {
		t.Errorf("--format=table: got %+v, want %+v", old, now)
	}
}
