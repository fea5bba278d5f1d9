package solvers

import (
	"testing"
	"time"

	"gorgonia.org/tensor"

	"anneal/graph"
)

// A step of each solver on a million float32 parameters. x-copy is the time over that of copying, in turn with the
// steps, so much memory that as many bytes are read and written: -cpu 1 for one core's figure.
func BenchmarkStep(b *testing.B) {
	const n = 1 << 20
	million := tensors{{"fc.weight", graph.Weight, tensor.Shape{1024, n / 1024}}}
	for _, bb := range []struct {
		spec   string
		passes int // tensors read or written, each time
	}{
		{"SGD(lr=0.1)", 3},
		{"SGD(lr=0.1, momentum=0.9)", 5},
		{"SGD(lr=0.1, momentum=0.9, nesterov=True, weight_decay=1e-4)", 5},
		{"Adagrad", 5},
		{"RMSprop", 5},
		{"RMSprop(centered=True, momentum=0.9)", 9},
		{"Adam", 7},
		{"Adam(amsgrad=True)", 9},
		{"AdamW", 7},
		{"NAdam", 7},
		{"RAdam", 7},
		{"Adamax", 7},
		{"Adadelta", 7},
		{"Lion", 5},
		{"LAMB", 10},
		{"LARS(momentum=0.9)", 7},
	} {
		b.Run(bb.spec, func(b *testing.B) {
			store := million.params(b, tensor.Float32)
			s := must(b, bb.spec, store, Tuning{})
			model := gradients(store, wave)
			from, to := make([]float32, bb.passes*n/2), make([]float32, bb.passes*n/2)
			if err := s.Step(model); err != nil {
				b.Fatal(err)
			}
			copy(to, from)
			var copying time.Duration
			for b.Loop() {
				if err := s.Step(model); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				start := time.Now()
				copy(to, from)
				copying += time.Since(start)
				b.StartTimer()
			}
			b.SetBytes(int64(bb.passes * n * 4))
			b.ReportMetric(float64(b.Elapsed())/float64(copying), "x-copy")
		})
	}
}
