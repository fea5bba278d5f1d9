package tensorboard

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/runs"
	"anneal/solvers"
	"anneal/train"
)

// corners is a data set of n points of the plane, in the class of their quadrant.
type corners int

func (n corners) Len() int    { return int(n) }
func (corners) Shape() [3]int { return [3]int{1, 1, 2} }
func (corners) Classes() int  { return 4 }
func (corners) Read(i int, x []float32) (int32, error) {
	x[0], x[1] = float32(i%2*2-1), float32(i/2%2*2-1)
	return int32(i % 4), nil
}

func model(b *graph.Builder, x *graph.Node) *graph.Node {
	return b.Linear("fc", b.ReLU(b.BatchNorm("norm", b.Linear("hidden", b.Flatten(x), 8))), 4)
}

// settings are those of a run of 2 epochs of 10 batches.
func settings(dir string) train.Config {
	return train.Config{
		Model: model, Train: corners(40), Test: corners(40), Solver: solvers.SGD{LR: 0.125, Momentum: 0.9},
		Settings: train.Settings{Batch: 4, Epochs: 2}, Dir: dir,
	}
}

// decode is each record as protoc understands it, without a schema.
func decode(t *testing.T, file []byte) []string {
	t.Helper()
	protoc, err := exec.LookPath("protoc")
	if err != nil {
		t.Skip("no protoc: apt-get install protobuf-compiler")
	}
	var events []string
	for _, data := range records(t, file) {
		c := exec.CommandContext(t.Context(), protoc, "--decode_raw")
		c.Stdin = bytes.NewReader(data)
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("protoc: %v: %s", err, out)
		}
		events = append(events, string(out))
	}
	return events
}

var (
	eventStep = regexp.MustCompile(`(?m)^2: (\d+)$`)
	eventTag  = regexp.MustCompile(`(?m)^    1: "(.*)"$`)
)

// outline is the step of each event and its tags.
func outline(events []string) []string {
	var lines []string
	for _, e := range events {
		line := eventStep.FindStringSubmatch(e)[1]
		for _, tag := range eventTag.FindAllStringSubmatch(e, -1) {
			line += " " + tag[1]
		}
		lines = append(lines, line)
	}
	return lines
}

const (
	weights = " hidden/weight hidden/bias norm/weight norm/bias norm/running_mean norm/running_var fc/weight fc/bias"
	figures = " loss/train loss/test accuracy/test seconds/train seconds/test confusion " +
		"precision/0 precision/1 precision/2 precision/3 recall/0 recall/1 recall/2 recall/3"
)

// A run and one that is resumed after its end for another epoch, as protoc reads them.
func TestObserver(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "run", "tensorboard")
	c := settings(filepath.Join(dir, "run"))
	c.Params = graph.NewParams(c.Seed, tensor.Float32)
	c.Observers = []runs.Observer{New(folder, 5, c.Params).Observe}
	result, err := train.Run(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	c.Epochs = 3
	r := New(folder, 4, c.Params)
	c.Observers = []runs.Observer{r.Observe}
	if _, err := train.Resume(context.Background(), c, c.Dir); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Errorf("closed a second time: %v", err)
	}

	_, files := written(t, folder)
	if len(files) != 2 {
		t.Fatalf("got %d event files, want 2", len(files))
	}
	first, second := decode(t, files[0]), decode(t, files[1])
	for i, c := range []struct{ got, want []string }{
		{outline(first), []string{
			"0", "0", "0 settings", "0" + weights,
			"5 lr/0 loss/batch", "10 lr/0 loss/batch", "10" + figures + weights,
			"15 lr/0 loss/batch", "20 lr/0 loss/batch", "20" + figures + weights,
		}},
		{outline(second), []string{
			"0", "21", "21 settings", "24 lr/0 loss/batch", "28 lr/0 loss/batch", "30" + figures + " lr/0" + weights,
		}},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("file %d: got\n%s\nwant\n%s", i, strings.Join(c.got, "\n"), strings.Join(c.want, "\n"))
		}
	}
	for _, c := range []struct{ event, want string }{
		{first[0], `3: "brain.Event:2"`},
		{first[1], "7 {\n  1: 1\n}"},
		{first[2], `\n      \"solver\": \"SGD(lr=0.125, momentum=0.9)\",`},
		{first[4], "1: \"lr/0\"\n    2: 0x3e000000\n"}, // 0.125
	} {
		if !strings.Contains(c.event, c.want) {
			t.Errorf("got\n%swant %s in it", c.event, c.want)
		}
	}
	accuracy := math.Float32bits(float32(result.Epochs[1].TestAccuracy))
	if got := scalar(t, records(t, files[0])[9], "accuracy/test"); math.Float32bits(got) != accuracy {
		t.Errorf("test accuracy: got %v, want %v", got, result.Epochs[1].TestAccuracy)
	}
}

// A run may also have a moving average, several rates, more classes than a matrix shows, and no folder.
func TestObserverOfEvents(t *testing.T) {
	folder := t.TempDir()
	observe := New(folder, 100, graph.NewParams(1, tensor.Float32)).Observe
	loss, accuracy := 0.25, 0.75
	for _, e := range []runs.Event{
		runs.Start{Done: 30},
		runs.Epoch{
			Epoch: 4, Step: 30, LR: []float64{0.1, 0.2}, EMATestLoss: &loss, EMATestAccuracy: &accuracy, Precision: []float64{1},
		},
		runs.Diagnostics{Epoch: 4, Step: 30, RecalibratedTestLoss: &loss, Layers: []runs.LayerDiagnostics{
			{
				Layer: "conv1", PreActivation: []float64{-1, 0, 1}, Gradient: []float64{-2, 0, 2}, GradientZeros: &loss,
				Dead: &loss, WeightNorm: &loss, UpdateRatio: &loss,
			},
			{Layer: "norm", MeanGap: &loss, VarGap: &accuracy},
		}},
		runs.End{},
	} {
		if err := observe(e); err != nil {
			t.Fatal(err)
		}
	}
	_, files := written(t, folder)
	got := outline(decode(t, files[0]))
	want := []string{
		"0", "30",
		"30 loss/train loss/test accuracy/test seconds/train seconds/test loss/ema_test accuracy/ema_test lr/0 lr/1",
		"30 loss/recalibrated_test pre_activation_p15/conv1 gradient_p15/conv1 " +
			"pre_activation_p50/conv1 gradient_p50/conv1 pre_activation_p85/conv1 " +
			"gradient_p85/conv1 gradient_zeros/conv1 dead/conv1 weight_norm/conv1 update_ratio/conv1 mean_gap/norm var_gap/norm",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := scalar(t, records(t, files[0])[2], "accuracy/ema_test"); got != 0.75 {
		t.Errorf("moving average's accuracy: got %v, want 0.75", got)
	}
	if got := scalar(t, records(t, files[0])[3], "gradient_p85/conv1"); got != 2 {
		t.Errorf("85th percentile: got %v, want 2", got)
	}
}

// scalar is the value of a tag in an event's summary.
func scalar(t *testing.T, event []byte, tag string) float32 {
	t.Helper()
	summary := field(t, event, 5)
	for len(summary) > 0 {
		_, _, n := protowire.ConsumeTag(summary)
		value, size := protowire.ConsumeBytes(summary[n:])
		if string(field(t, value, 1)) == tag {
			rest := value[2+len(tag):] // after the tag: field 2, a fixed32
			return math.Float32frombits(binary.LittleEndian.Uint32(rest[1:]))
		}
		summary = summary[n+size:]
	}
	t.Fatalf("no %s", tag)
	return 0
}
