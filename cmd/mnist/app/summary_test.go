package app

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"anneal/internal/longtest"
)

// The numbers are closed forms: 2 a product, Conv1 10·1·5·5 products at 24·24 places, Conv2 20·10·5·5 at 8·8, Linear
// 320·50 and 50·10.
func TestSummary(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program several times")
	const (
		conv1, conv2 = 2 * 250 * 24 * 24, 2 * 5000 * 8 * 8
		linear       = 2 * (320*50 + 50*10)
	)
	for _, c := range []struct {
		model                                 string
		layers, trainable, buffers, batch     int
		evalFLOPs, stepFLOPs, parameters, sgd int
	}{
		// Every tensor has a count of steps beside its momentum. A BatchNorm's counter has 8 bytes.
		{
			"lenet", 10, 21840, 0, 64, 64 * (conv1 + conv2 + linear), 64 * (2*conv1 + 3*conv2 + 3*linear), 4 * 21840,
			4*21840 + 8*8,
		},
		{
			"lenet-bn", 12, 21900, 60, 32, 32 * (conv1 + conv2 + linear), 32 * (2*conv1 + 3*conv2 + 3*linear),
			4*(21900+60) + 2*8, 4*21900 + 8*12,
		},
	} {
		got := mnist(t, t.TempDir(), "summary", "--model", c.model, "--batch", strconv.Itoa(c.batch), "--format", "json")
		var m modelSummary
		if err := json.Unmarshal([]byte(got.stdout), &m); got.code != exitOK || err != nil {
			t.Fatalf("got %+v, %v", got, err)
		}
		if len(m.Layers) != c.layers || m.Trainable != c.trainable || m.Buffers != c.buffers {
			t.Errorf("%s: got %d layers, %d weights and %d buffers, want %d, %d and %d", c.model, len(m.Layers),
				m.Trainable, m.Buffers, c.layers, c.trainable, c.buffers)
		}
		if m.EvalFLOPs != int64(c.evalFLOPs) || m.StepFLOPs != int64(c.stepFLOPs) || m.ParamBytes != c.parameters ||
			m.SolverBytes != c.sgd {
			t.Errorf("%s: got %+v, want %+v", c.model, m, c)
		}
		sum := 0
		for _, l := range m.Layers {
			sum += l.Trainable
		}
		if sum != c.trainable {
			t.Errorf("%s: the layers have %d weights together, want %d", c.model, sum, c.trainable)
		}
	}
}

func TestSummaryText(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program several times")
	dir := t.TempDir()
	if got := mnist(t, dir, "--data", dataset(t, 20, 28), "--model", "mlp-bn", "--steps", "1", "--out", "run",
		"--quiet"); got.code != exitOK {
		t.Fatalf("got %+v", got)
	}
	for _, c := range []struct {
		args []string
		want []string
	}{
		{
			nil,
			[]string{
				"lenet-bn on [64 1 28 28]\n", "Conv2D 5x5", "MaxPool2D 2x2  ", "\ntotal ", " 21,900 ", " 61,504,000\n",
				"state of SGD(lr=0.1, momentum=0.9)",
			},
		},
		{
			[]string{"--init", "run/final.safetensors", "--solver", "Adam()"},
			[]string{"mlp-bn on [64 1 28 28]\n", " 267,410 ", "2.1 MB state of Adam"},
		},
		{[]string{"--shape", "3,32,32", "--batch", "2", "--draw", "net.dot"}, []string{"lenet-bn on [2 3 32 32]\n"}},
		{[]string{"--draw", "net.svg", "--mode", "eval", "--fuse"}, nil},
	} {
		got := mnist(t, dir, append([]string{"summary"}, c.args...)...)
		if got.code != exitOK || got.stderr != "" {
			t.Fatalf("%v: got %+v", c.args, got)
		}
		for _, part := range c.want {
			if !strings.Contains(got.stdout, part) {
				t.Errorf("%v: no %q in\n%s", c.args, part, got.stdout)
			}
		}
	}
	if dot := content(t, dir, "net.dot"); !bytes.HasPrefix(dot, []byte("digraph ")) ||
		!bytes.Contains(dot, []byte("lenet-bn, training program, batch 2")) {
		t.Errorf("got %s", dot)
	}
	if svg := content(t, dir, "net.svg"); !bytes.HasPrefix(svg, []byte("<svg ")) ||
		!bytes.Contains(svg, []byte("lenet-bn, evaluation program, batch 64")) {
		t.Errorf("got %s", svg)
	}
}

func TestSummaryErrors(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program several times")
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--shape", "28,28"}, exitUsage, `--shape: got "28,28", want channels, height and width, such as 1,28,28`},
		{[]string{"--shape", "1,28,0"}, exitUsage, `got "1,28,0"`},
		{
			[]string{"--shape", "1000000,1000000,1000000"},
			exitFailed,
			"input shape (64, 1000000, 1000000, 1000000): want at most 2147483647 numbers",
		},
		{[]string{"--batch", "999999999"}, exitFailed, "want at most"},
		{[]string{"--shape", "1,8,8"}, exitFailed, "conv2"},
		{[]string{"--draw", "net.png"}, exitUsage, `--draw: got "net.png", want a name that ends in .svg or .dot`},
		{[]string{"--draw", filepath.Join("nowhere", "net.svg")}, exitFailed, "nowhere"},
		{[]string{"--model", "mlp-bn", "--batch", "1"}, exitFailed, "batches of at least 2"},
		{[]string{"--init", "nowhere.safetensors"}, exitFailed, "nowhere.safetensors"},
	} {
		got := mnist(t, t.TempDir(), append([]string{"summary"}, c.args...)...)
		if got.code != c.code || !strings.Contains(got.stderr, c.want) || strings.Count(got.stderr, "\n") != 1 {
			t.Errorf("%v: got %+v, want code %d and %q", c.args, got, c.code, c.want)
		}
	}
}
