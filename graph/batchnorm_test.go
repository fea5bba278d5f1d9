package graph

import (
	"fmt"
	"strings"
	"testing"

	"gorgonia.org/tensor"
)

// Central differences agree with BatchNorm's gradients in all its forms. Renorm's r and d are constants to the
// gradient: here they are at their bounds, so that they are constants to the differences, too.
func TestBatchNormGradients(t *testing.T) {
	far := map[string][]float64{"l.running_mean": {-50, 40}, "l.running_var": {1e3, 1e3}}
	near := map[string][]float64{"l.running_mean": {0.5, -1}, "l.running_var": {2, 0.7}}
	for _, c := range []struct {
		name    string
		shape   tensor.Shape
		opts    []NormOption
		buffers map[string][]float64
	}{
		{"on three axes", tensor.Shape{3, 2, 4}, nil, near},
		{"on five axes", tensor.Shape{2, 2, 2, 3, 2}, nil, near},
		{"without statistics", tensor.Shape{3, 2, 4}, []NormOption{NoStats()}, nil},
		{"virtual batches", tensor.Shape{5, 2, 2, 2}, []NormOption{Ghost(2)}, near},
		{"virtual batches without statistics", tensor.Shape{4, 2}, []NormOption{Ghost(2), NoStats(), NoAffine()}, nil},
		{"renorm", tensor.Shape{3, 2, 4}, []NormOption{Renorm{RMax: 1.1, DMax: 0.1}}, far},
		{"renorm of features", tensor.Shape{6, 2}, []NormOption{Renorm{RMax: 1.5, DMax: 1}, Ghost(3)}, far},
	} {
		for _, mode := range []Mode{Train, Eval} {
			t.Run(fmt.Sprintf("%s/%v", c.name, mode), func(t *testing.T) {
				draw := func(b *Builder, x *Node) *Node { return b.BatchNorm("l", x, append(c.opts, Momentum(0))...) }
				checkGradients(t, mode, c.shape, draw, c.buffers)
			})
		}
	}
}

func TestRenormSchedule(t *testing.T) {
	paper := Renorm{RMax: 3, DMax: 5, Start: 5000, REnd: 40000, DEnd: 25000}
	for _, c := range []struct {
		renorm     Renorm
		step       int
		rMax, dMax float64
	}{
		{paper, 0, 1, 0},
		{paper, 5000, 1, 0},
		{paper, 15000, 1 + 2*10./35, 2.5},
		{paper, 25000, 1 + 2*20./35, 5},
		{paper, 40000, 3, 5},
		{paper, 1 << 40, 3, 5},
		{Renorm{RMax: 2, DMax: 1}, 0, 2, 1},
		{Renorm{RMax: 2, DMax: 1, Start: 7, REnd: 7, DEnd: 8}, 7, 2, 0},
	} {
		if r, d := c.renorm.At(c.step); r != c.rMax || d != c.dMax {
			t.Errorf("%+v at step %d: r %v and d %v, want %v and %v", c.renorm, c.step, r, d, c.rMax, c.dMax)
		}
	}
}

// falling is a momentum of base/(1 + count).
type falling struct{}

func (falling) At(base float64, count int) float64 { return base / float64(1+count) }

// The momentum of a step is the schedule's.
func TestMomentumSchedule(t *testing.T) {
	p := newProbe(t, NewParams(1, tensor.Float64), Train, tensor.Shape{2, 1}, func(b *Builder, x *Node) *Node {
		return b.BatchNorm("l", x, Momentum(0.5), MomentumSchedule(falling{}))
	})
	setFloats(p.x, []float64{3, 5})
	want := 0.0
	for _, step := range []uint64{0, 1, 3, 0} {
		p.step = step
		p.run(t)
		share := 0.5 / float64(1+step)
		want = (1-share)*want + share*4
		near(t, "running mean", floats(p.params.Lookup("l.running_mean").value), []float64{want}, 1e-15)
	}
	setFloats(p.x, []float64{3, 5})
	p = newProbe(t, NewParams(1, tensor.Float64), Train, tensor.Shape{2, 1}, func(b *Builder, x *Node) *Node {
		return b.BatchNorm("l", x, Momentum(1), MomentumSchedule(rising{}))
	})
	p.run(t)
	p.step = 2
	if err := p.machine.RunAll(); err == nil || !strings.Contains(err.Error(), "momentum 3 at step 2: want 0 to 1") {
		t.Errorf("error %v", err)
	}
}

type rising struct{}

func (rising) At(base float64, count int) float64 { return base * float64(1+count) }

// Renorm's bounds follow the step.
func TestRenormFollowsTheStep(t *testing.T) {
	draw := func(opts ...NormOption) func(*Builder, *Node) *Node {
		return func(b *Builder, x *Node) *Node { return b.BatchNorm("l", x, opts...) }
	}
	shape, numbers := tensor.Shape{4, 1}, []float64{1, 2, 4, 9}
	at := func(step uint64, opts ...NormOption) []float64 {
		p := newProbe(t, NewParams(1, tensor.Float64), Train, shape, draw(opts...))
		p.step = step
		setFloats(p.x, numbers)
		p.run(t)
		return floats(p.y.value)
	}
	r := Renorm{RMax: 100, DMax: 100, Start: 10, REnd: 20, DEnd: 20}
	near(t, "before the start", at(10, r), at(10), 1e-15)
	p := newProbe(t, NewParams(1, tensor.Float64), Eval, shape, draw(r))
	setFloats(p.x, numbers)
	p.run(t)
	near(t, "at the end", at(20, r), floats(p.y.value), 1e-12) // within wide bounds it is what evaluation computes
}

func TestBadBatchNorms(t *testing.T) {
	for want, opts := range map[string][]NormOption{
		"graph: l: virtual batches of -1: want at least 1 sample":                          {Ghost(-1)},
		"graph: l: its input has shape (4, 3), one value per channel":                      {Ghost(1)},
		"graph: l: Renorm corrects towards running statistics, which NoStats leaves out":   {NoStats(), DefaultRenorm()},
		"graph: l: renorm: RMax 0.5: want at least 1":                                      {Renorm{RMax: 0.5}},
		"graph: l: renorm: DMax -1: want at least 0":                                       {Renorm{RMax: 1, DMax: -1}},
		"graph: l: renorm: Start 5, REnd 4 and DEnd 5: want at least 0, and no end before": {Renorm{1, 0, 5, 4, 5}},
	} {
		_, err := Compile(func(b *Builder, x *Node) *Node { return b.BatchNorm("l", x, opts...) },
			NewParams(1, tensor.Float32), Config{Mode: Train, Shape: tensor.Shape{4, 3}})
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// A BatchNorm that holds its statistics computes the same with Ghost and Renorm as without, and so does an evaluation
// program. What is watched of a batch in virtual batches is the whole batch's.
func TestStatisticsOfBatchNormForms(t *testing.T) {
	model := func(opts ...NormOption) Model {
		return func(b *Builder, x *Node) *Node {
			return b.Linear("f", b.Flatten(b.ReLU(b.BatchNorm("n", b.Conv2D("c", x, 3, 3), opts...))), 10)
		}
	}
	x, labels := batch(6, 8)
	at := func(cfg Config, opts ...NormOption) *Program {
		params := NewParams(4, tensor.Float32)
		cfg.Shape = tensor.Shape{6, 1, 10, 10}
		p, err := Compile(model(opts...), params, cfg)
		if err != nil {
			t.Fatal(err)
		}
		setFloats(params.Lookup("n.running_mean").value, []float64{0.1, -0.2, 0.3})
		setFloats(params.Lookup("n.running_var").value, []float64{0.5, 2, 1.5})
		run(t, p, x, labels)
		return p
	}
	for name, opts := range map[string][]NormOption{"ghost": {Ghost(2)}, "renorm": {Renorm{RMax: 3, DMax: 5}}} {
		for _, cfg := range []Config{
			{Mode: Train, FreezeStats: []string{"n"}, Fuse: true},
			{Mode: Train, FreezeStats: []string{"n"}},
			{Mode: Eval, Fuse: true},
		} {
			got, want := at(cfg, opts...), at(cfg)
			near(t, name+": logits", floats(got.Logits()), floats(want.Logits()), 0)
			for i, v := range want.Gradients() {
				g, _ := got.Gradients()[i].Grad()
				w, _ := v.Grad()
				near(t, name+": d"+v.(*Gradient).param.name, floats(g), floats(w), 0)
			}
		}
		got, want := at(Config{Mode: Train, Watch: true}, opts...), at(Config{Mode: Train, Watch: true})
		mean, variance := got.Watched()[1].Statistics()
		wantMean, wantVariance := want.Watched()[1].Statistics()
		near(t, name+": mean", mean, wantMean, 1e-6)
		near(t, name+": variance", variance, wantVariance, 1e-5)
	}
}
