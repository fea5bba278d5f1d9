package graph

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"testing"

	"gorgonia.org/tensor"

	"anneal/internal/longtest"
)

// compareSamples runs samples of PyTorch in both types, and logs how many are equal, by family. At least 95 % must be
// expressible, and all of these equal.
func compareSamples(t *testing.T, from io.Reader) {
	t.Helper()
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<26)
	type count struct{ all, expressible, equal int }
	var families []string
	counts, reasons := map[string]*count{}, map[string]int{}
	total := &count{}
	for lines.Scan() {
		var s torchSample
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			t.Fatal(err)
		}
		c := counts[s.Family]
		if c == nil {
			c = &count{}
			counts[s.Family], families = c, append(families, s.Family)
		}
		c.all++
		err := s.run(tensor.Float64)
		if err == nil {
			if err = s.run(tensor.Float32); err != nil {
				err = fmt.Errorf("in float32: %w", err)
			}
		}
		var why unlike
		if errors.As(err, &why) {
			reasons[s.Kind+": "+string(why)]++
			continue
		}
		c.expressible++
		if err == nil {
			c.equal++
			continue
		}
		var shapes []string
		for name, v := range s.Tensors {
			shapes = append(shapes, fmt.Sprint(name, v.Shape))
		}
		slices.Sort(shapes)
		t.Errorf("%s, training %v, %v, %v: %v", s.Kind, s.Training, shapes, s.Args, err)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		c := counts[f]
		t.Logf("| %s | %d | %d | %d |", f, c.all, c.expressible, c.equal)
		total.all, total.expressible, total.equal = total.all+c.all, total.expressible+c.expressible, total.equal+c.equal
	}
	t.Logf("| all | %d | %d | %d |", total.all, total.expressible, total.equal)
	for _, why := range slices.Sorted(maps.Keys(reasons)) {
		t.Logf("%d of %s", reasons[why], why)
	}
	if total.all == 0 || float64(total.expressible) < 0.95*float64(total.all) {
		t.Errorf("%d of %d samples are expressible, want 95 %%", total.expressible, total.all)
	}
}

// Samples of PyTorch's own tests of layers and losses: results, gradients and running statistics are PyTorch's.
func TestSamplesMatchPyTorch(t *testing.T) {
	file, err := os.Open("testdata/samples.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	compareSamples(t, file)
}

// All samples, from PyTorch itself, which ANNEAL_PYTORCH names.
func TestLivePyTorchSamples(t *testing.T) {
	longtest.Piped(t, longtest.PyTorch(t, "testdata/samples.py", "-"), func(out io.Reader) { compareSamples(t, out) })
}
