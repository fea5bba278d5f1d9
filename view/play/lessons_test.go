package play

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"anneal/data"
	"anneal/view/play/session"
)

// lesson is an element of page/lessons.js.
type lesson struct {
	ID, Section string
	Both, A, B  json.RawMessage
}

// list reads the JSON in a script of the page that exports it.
func list(t *testing.T, name string, v any) {
	t.Helper()
	text, err := files.ReadFile("page/" + name)
	if err != nil {
		t.Fatal(err)
	}
	inner := strings.TrimSuffix(strings.TrimSpace(strings.TrimPrefix(string(text), "export default ")), ";")
	if err := json.Unmarshal([]byte(inner), v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// begin begins the session of one side.
func (l lesson) begin(t *testing.T, own json.RawMessage) *session.Session {
	t.Helper()
	settings := session.Default()
	for _, part := range []json.RawMessage{l.Both, own} {
		d := json.NewDecoder(strings.NewReader(string(part)))
		d.DisallowUnknownFields()
		if err := d.Decode(&settings); err != nil {
			t.Fatalf("%s: %v", l.ID, err)
		}
	}
	s, err := session.New(settings, digits)
	if err != nil {
		t.Fatalf("%s: %v", l.ID, err)
	}
	return s
}

func digits() (*session.Digits, error) {
	pair, err := data.Load(context.Background(), "")
	if err != nil {
		return nil, err
	}
	return session.NewDigits(pair.Train, pair.Test)
}

// What a lesson says of the two sides is so.
func TestLessons(t *testing.T) {
	var lessons []lesson
	list(t, "lessons.js", &lessons)
	if len(lessons) != 10 {
		t.Errorf("got %d lessons, want 10", len(lessons))
	}
	sections := make([]string, 0, len(lessons))
	for _, l := range lessons {
		sections = append(sections, l.Section)
		t.Run(l.ID, func(t *testing.T) {
			if testing.Short() {
				l.begin(t, l.A)
				l.begin(t, l.B)
				return
			}
			var sides [2][]*session.Frame // ten frames, at equal distances
			for i, own := range []json.RawMessage{l.A, l.B} {
				s := l.begin(t, own)
				for place := range 10 {
					share := float64(place+1) / 10
					if err := s.Advance(t.Context(), share*epochs(t, l), math.MaxInt); err != nil {
						t.Fatal(err)
					}
					f, err := s.Frame()
					if err != nil {
						t.Fatal(err)
					}
					sides[i] = append(sides[i], f)
				}
			}
			claims[l.ID](t, sides[0], sides[1])
		})
	}
	if !slices.IsSorted(sections) {
		t.Errorf("the sections are %v: want them in order", sections)
	}
}

func epochs(t *testing.T, l lesson) float64 {
	t.Helper()
	var s struct{ Epochs float64 }
	if err := json.Unmarshal(l.Both, &s); err != nil {
		t.Fatal(err)
	}
	return s.Epochs
}

// accuracy returns that of the test samples at the end.
func accuracy(f []*session.Frame) float64 { return *f[len(f)-1].Test.Accuracy }

// loss returns the mean training loss of some frames.
func loss(f []*session.Frame) float64 {
	sum := 0.0
	for _, f := range f {
		if f.Train.Loss == nil {
			return math.Inf(1)
		}
		sum += *f.Train.Loss
	}
	return sum / float64(len(f))
}

// swing returns by how much the training loss of some frames differs.
func swing(f []*session.Frame) float64 {
	least, most := math.Inf(1), 0.0
	for _, f := range f {
		least, most = min(least, *f.Train.Loss), max(most, *f.Train.Loss)
	}
	return most - least
}

// claims check what the texts of the lessons say.
var claims = map[string]func(t *testing.T, a, b []*session.Frame){
	"rate": func(t *testing.T, a, b []*session.Frame) {
		if !(accuracy(a) < 0.8 && accuracy(b) > 0.97) {
			t.Errorf("accuracies %v and %v", accuracy(a), accuracy(b))
		}
	},
	"fixed": func(t *testing.T, a, b []*session.Frame) {
		if !(loss(a[:1]) < loss(b[:1]) && swing(a[5:]) > 1.5*swing(b[5:])) {
			t.Errorf("losses %v and %v, swings %v and %v", loss(a[:1]), loss(b[:1]), swing(a[5:]), swing(b[5:]))
		}
	},
	"adaptive": func(t *testing.T, a, b []*session.Frame) {
		if !(accuracy(a) < 0.75 && accuracy(b) > 0.97) {
			t.Errorf("accuracies %v and %v", accuracy(a), accuracy(b))
		}
	},
	"exponential": func(t *testing.T, a, b []*session.Frame) {
		if !(swing(b[7:]) < swing(a[7:]) && loss(b[7:]) < loss(a[7:])) {
			t.Errorf("swings %v and %v, losses %v and %v", swing(a[7:]), swing(b[7:]), loss(a[7:]), loss(b[7:]))
		}
	},
	"drop": func(t *testing.T, a, b []*session.Frame) {
		if !(*a[4].Train.Loss == *b[4].Train.Loss && loss(b[5:]) < 0.95*loss(a[5:]) && b[5].Rate < a[5].Rate) {
			t.Errorf("losses %v and %v", loss(a[5:]), loss(b[5:]))
		}
	},
	"plateau": func(t *testing.T, a, b []*session.Frame) {
		if !(loss(b[9:]) < 0.8*loss(a[9:]) && b[0].Rate > a[0].Rate) {
			t.Errorf("losses %v and %v", loss(a[9:]), loss(b[9:]))
		}
	},
	"norm": func(t *testing.T, a, b []*session.Frame) {
		if !(accuracy(a) < 0.8 && accuracy(b) > 0.97 && *b[0].Layers[4].Std < 2) {
			t.Errorf("accuracies %v and %v", accuracy(a), accuracy(b))
		}
	},
	"depth": func(t *testing.T, a, b []*session.Frame) {
		if !(accuracy(a) < 0.6 && accuracy(b) > 0.95 && *a[0].Layers[0].Gradient < 0.01**b[0].Layers[0].Gradient) {
			t.Errorf("accuracies %v and %v", accuracy(a), accuracy(b))
		}
	},
	"two": func(t *testing.T, a, b []*session.Frame) {
		if !(loss(a) > 2*loss(b)) {
			t.Errorf("losses %v and %v", loss(a), loss(b))
		}
	},
	"digits": func(t *testing.T, a, b []*session.Frame) {
		if !(*b[1].Test.Accuracy > *a[1].Test.Accuracy+0.2 && accuracy(b) > 0.85) {
			t.Errorf("accuracies %v and %v after 6 epochs, %v and %v in the end",
				*a[1].Test.Accuracy, *b[1].Test.Accuracy, accuracy(a), accuracy(b))
		}
	},
}
