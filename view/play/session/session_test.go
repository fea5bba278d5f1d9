package session_test

import (
	"context"
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"anneal/view/play/session"
)

const all = math.MaxInt // steps

// with returns the default settings with some changed.
func with(change func(*session.Settings)) session.Settings {
	s := session.Default()
	change(&s)
	return s
}

func begin(t *testing.T, settings session.Settings) *session.Session {
	t.Helper()
	s, err := session.New(settings, digits)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func advance(t *testing.T, s *session.Session, until float64, steps int) *session.Frame {
	t.Helper()
	if err := s.Advance(t.Context(), until, steps); err != nil {
		t.Fatal(err)
	}
	return look(t, s)
}

func look(t *testing.T, s *session.Session) *session.Frame {
	t.Helper()
	f, err := s.Frame()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := json.Marshal(f); err != nil {
		t.Fatal(err)
	}
	return f
}

// digits are stripes, which are easy to tell apart.
func digits() (*session.Digits, error) {
	const n, size = 1500, 14 * 14
	b := make([]byte, n*(1+size))
	for i := range n {
		b[i] = byte(i % 10)
		for x := range 14 {
			b[n+i*size+14*(i%10)+x] = 255
		}
	}
	return session.ReadDigits(b)
}

// Every set is learned. What a frame has depends on the set.
func TestSetsAreLearned(t *testing.T) {
	for name, least := range map[string]float64{
		"circles": 0.95, "xor": 0.9, "spirals": 0.95, "moons": 0.95, "digits": 0.95, "sine": 0,
	} {
		t.Run(name, func(t *testing.T) {
			s := begin(t, with(func(s *session.Settings) { s.Data, s.Epochs = name, 60 }))
			first := look(t, s)
			if points := first.Samples; (points == nil) != (name == "digits") || points != nil && len(points.Train) < 1000 {
				t.Errorf("got samples %v", points)
			}
			f := advance(t, s, 60, all)
			if !f.Ended || f.Samples != nil || f.Epoch != 60 || f.Step != 60*f.Batches {
				t.Errorf("got epoch %v, step %d, ended %v", f.Epoch, f.Step, f.Ended)
			}
			if name == "sine" {
				if f.Test.Accuracy != nil || !(*f.Test.Loss < 0.05) || len(f.Curve) == 0 || math.Abs(f.Curve[90]-1) > 0.2 {
					t.Errorf("got test %+v and a curve of %d points", f.Test, len(f.Curve))
				}
				return
			}
			if !(*f.Test.Accuracy >= least) || !(*f.Test.Loss < *first.Test.Loss) {
				t.Errorf("got accuracy %v, loss %v after %v", *f.Test.Accuracy, *f.Test.Loss, *first.Test.Loss)
			}
			drawn := f.Side > 0 && len(f.Boundary) == f.Side*f.Side
			if digits := name == "digits"; digits != (len(f.Confusion) == 10) || digits == drawn {
				t.Errorf("got %d cells and %d classes", len(f.Boundary), len(f.Confusion))
			}
		})
	}
}

// Sessions with one seed begin alike wherever their shapes agree, and the same settings give the same numbers,
// however many steps are made at once.
func TestSameSeedSameNumbers(t *testing.T) {
	a, b := begin(t, session.Default()), begin(t, session.Default())
	whole := advance(t, a, 2.5, all)
	for whole.Epoch > look(t, b).Epoch {
		advance(t, b, 2.5, 3)
	}
	if got := look(t, b); *got.Train.Loss != *whole.Train.Loss || !slices.Equal(got.Boundary, whole.Boundary) {
		t.Errorf("got loss %v in small steps, %v at once", *got.Train.Loss, *whole.Train.Loss)
	}
	plain := begin(t, with(func(s *session.Settings) { s.Norm = "none" }))
	again := begin(t, with(func(s *session.Settings) { s.Norm, s.Solver, s.Batch = "none", "adam", 8 }))
	if x, y := look(t, plain), look(t, again); *x.Test.Loss != *y.Test.Loss {
		t.Errorf("sides that differ in the solver begin with losses %v and %v", *x.Test.Loss, *y.Test.Loss)
	}
}

// Settings that leave the network alone change while it trains.
func TestChangeWhileTraining(t *testing.T) {
	s := begin(t, session.Default())
	before := advance(t, s, 3, all)
	for name, change := range map[string]func(*session.Settings){
		"rate":       func(s *session.Settings) { s.Rate = 0.05 },
		"schedule":   func(s *session.Settings) { s.Schedule = "StepLR(step_size=1, gamma=0.5)" },
		"one cycle":  func(s *session.Settings) { s.Schedule = "OneCycleLR(max_lr=0.1)" },
		"solver":     func(s *session.Settings) { s.Solver = "adam" },
		"penalty":    func(s *session.Settings) { s.L2 = 0.01 },
		"batch":      func(s *session.Settings) { s.Batch = 20 },
		"activation": func(s *session.Settings) { s.Activation = "tanh" },
		"length":     func(s *session.Settings) { s.Epochs = 500 },
	} {
		restarted, err := s.Change(with(change))
		if err != nil || restarted {
			t.Fatalf("%s: restarted %v, %v", name, restarted, err)
		}
		f := look(t, s)
		if f.Step != before.Step || f.Epoch != 3 {
			t.Errorf("%s: got step %d, epoch %v", name, f.Step, f.Epoch)
		}
		if name != "activation" && *f.Test.Loss != *before.Test.Loss {
			t.Errorf("%s: the weights are others", name)
		}
		if name == "schedule" && (f.Rate != 0.1/8 || len(f.Course) != 200 || f.Course[4] != 0.1/16) {
			t.Errorf("schedule: got rate %v and a course of %d", f.Rate, len(f.Course))
		}
	}
	if _, err := s.Change(session.Default()); err != nil {
		t.Fatal(err)
	}
	if f := advance(t, s, 4, all); f.Epoch != 4 || f.Rate != 0.1 || !(*f.Train.Loss < 1) {
		t.Errorf("got epoch %v, rate %v, loss %v", f.Epoch, f.Rate, *f.Train.Loss)
	}
	restarted, err := s.Change(with(func(s *session.Settings) { s.Width = 8 }))
	if f := look(t, s); err != nil || !restarted || f.Step != 0 || f.Course == nil {
		t.Errorf("width: restarted %v, %v, step %d", restarted, err, f.Step)
	}
}

// A wrong setting is an error that names it, and the session goes on.
func TestWrongSettings(t *testing.T) {
	s := begin(t, session.Default())
	for want, change := range map[string]func(*session.Settings){
		`data "suns": want one of circles, `:       func(s *session.Settings) { s.Data = "suns" },
		`activation "": want one of gelu, `:        func(s *session.Settings) { s.Activation = "" },
		`norm "group": want one of batch, `:        func(s *session.Settings) { s.Norm = "group" },
		`init "zero": want one of default, `:       func(s *session.Settings) { s.Init = "zero" },
		`solver "SGD": want one of adagrad, `:      func(s *session.Settings) { s.Solver = "SGD" },
		"noise -1: want 0 to 1":                    func(s *session.Settings) { s.Noise = -1 },
		"depth 17: want 1 to 16":                   func(s *session.Settings) { s.Depth = 17 },
		"width 0: want 1 to 256":                   func(s *session.Settings) { s.Width = 0 },
		"batch 501: want 1 to 500":                 func(s *session.Settings) { s.Batch = 501 },
		"rate NaN: want 0 to 1000":                 func(s *session.Settings) { s.Rate = math.NaN() },
		"epochs 0: want 1 to 100000":               func(s *session.Settings) { s.Epochs = 0 },
		"l1 11: want 0 to 10":                      func(s *session.Settings) { s.L1 = 11 },
		"l2 -1: want 0 to 10":                      func(s *session.Settings) { s.L2 = -1 },
		"batch 1 with batch normalization: want ":  func(s *session.Settings) { s.Batch = 1 },
		`session: schedule "FooLR(1)": column 1: `: func(s *session.Settings) { s.Schedule = "FooLR(1)" },
		"a schedule of 1001 bytes: want at most 1000": func(s *session.Settings) {
			s.Schedule = "StepLR(step_size=3" + strings.Repeat(" ", 982) + ")"
		},
		"schedule OneCycleLR": func(s *session.Settings) {
			s.Schedule, s.Solver = "OneCycleLR(max_lr=0.1)", "adagrad"
		},
	} {
		if _, err := s.Change(with(change)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if f := advance(t, s, 1, 2); f.Step != 2 {
		t.Errorf("got step %d", f.Step)
	}
	if _, err := session.New(with(func(s *session.Settings) { s.Data = "digits" }), nil); err == nil {
		t.Error("digits without images: want an error")
	}
	if _, err := session.ReadDigits(make([]byte, 10)); err == nil {
		t.Error("a short file of digits: want an error")
	}
}

// A loss that is not finite ends the run, not the session.
func TestDivergence(t *testing.T) {
	s := begin(t, with(func(s *session.Settings) { s.Norm, s.Rate, s.Data = "none", 1000, "sine" }))
	f := advance(t, s, 200, all)
	if !f.Diverged || f.Ended {
		t.Fatalf("got diverged %v at epoch %v", f.Diverged, f.Epoch)
	}
	if again := advance(t, s, 200, all); again.Step != f.Step {
		t.Errorf("it went on from step %d to %d", f.Step, again.Step)
	}
	if err := s.Reset(); err != nil {
		t.Fatal(err)
	}
	if f := look(t, s); f.Diverged || f.Step != 0 || f.Train.Loss == nil {
		t.Errorf("after a reset: %+v", f)
	}
}

// Batch normalization keeps gradients alive in a deep network; a ReLU behind large negative values is dead.
func TestLayers(t *testing.T) {
	deep := func(norm string) *session.Frame {
		return look(t, begin(t, with(func(s *session.Settings) { s.Depth, s.Norm = 10, norm })))
	}
	with, without := deep("batch"), deep("none")
	if len(with.Layers) != 11 || len(without.Layers) != 11 ||
		with.Layers[0].Name != "norm1" || without.Layers[0].Name != "fc1" {
		t.Fatalf("got %d and %d layers", len(with.Layers), len(without.Layers))
	}
	if !(*without.Layers[1].Gradient < 0.05**with.Layers[1].Gradient) || math.Abs(*with.Layers[5].Std-1) > 0.05 {
		t.Errorf("got gradients %v and %v, deviation %v",
			*without.Layers[1].Gradient, *with.Layers[1].Gradient, *with.Layers[5].Std)
	}
	total := 0
	for _, n := range with.Layers[2].Values {
		total += n
	}
	if total != 128*32 || with.Layers[2].Dead == nil || with.Layers[10].Dead != nil {
		t.Errorf("got %d values", total)
	}
}

// A plateau lowers the rate by the training loss, and the frame then has another course.
func TestPlateau(t *testing.T) {
	s := begin(t, func() session.Settings {
		s := session.Default()
		s.Schedule = "ReduceLROnPlateau(factor=0.1, patience=0, threshold=0.5)"
		return s
	}())
	look(t, s)
	f := advance(t, s, 10, all)
	if !(f.Rate < 0.1) || f.Course == nil || f.Course[150] != f.Rate {
		t.Errorf("got rate %v and a course of %d", f.Rate, len(f.Course))
	}
}

// A context that is done ends Advance after its step.
func TestCancelled(t *testing.T) {
	s := begin(t, session.Default())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Advance(ctx, 100, all); err != nil || look(t, s).Step != 0 {
		t.Errorf("got %v, step %d", err, look(t, s).Step)
	}
}

// Settings are their own record.
func TestSettingsInJSON(t *testing.T) {
	text, err := json.Marshal(session.Default())
	if err != nil {
		t.Fatal(err)
	}
	var s session.Settings
	if err := json.Unmarshal(text, &s); err != nil || !reflect.DeepEqual(s, session.Default()) {
		t.Errorf("got %+v, %v of %s", s, err, text)
	}
}

// BenchmarkSpirals measures training steps of the lesson of two spirals with batch normalization, with a frame every
// 200 steps.
func BenchmarkSpirals(b *testing.B) {
	s, err := session.New(session.Default(), nil)
	if err != nil {
		b.Fatal(err)
	}
	settings := session.Default()
	settings.Epochs = 100_000
	if _, err := s.Change(settings); err != nil {
		b.Fatal(err)
	}
	for left := b.N; left > 0; left -= 200 {
		if err := s.Advance(b.Context(), math.Inf(1), min(left, 200)); err != nil {
			b.Fatal(err)
		}
		if _, err := s.Frame(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "steps/s")
}
