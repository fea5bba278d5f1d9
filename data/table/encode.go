package table

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"anneal/data"
)

const (
	maxFeatures = 100_000     // numbers that a row becomes
	maxNumbers  = 500_000_000 // that the rows of a part become
)

// encoder turns rows into samples.
type encoder struct {
	inputs  []input
	target  *column
	classes []string // names of the target's classes; nil: it is a number
	label   []int32  // of each row
	scale   data.Target
	raw     bool
	learnt  bool // Options.As decides, not the training rows
	notes   []string
}

// input is a column that x has.
type input struct {
	*column
	categories []string // nil: it is a number
	place      []int32  // of each of the column's texts in categories; −1: it is not there
	mean, std  float64
}

// newEncoder decides what the columns are.
func newEncoder(t *rows, o Options) (*encoder, error) {
	if o.Target == "" {
		return nil, fmt.Errorf("no target: want the column to predict, one of %s", t.names())
	}
	for _, l := range []struct {
		what  string
		names []string
	}{{"target", []string{o.Target}}, {"drop", o.Drop}, {"categories", o.Categories}} {
		if err := t.known(l.what, l.names); err != nil {
			return nil, err
		}
	}
	if err := t.checkGroups(o); err != nil {
		return nil, err
	}
	e := &encoder{target: t.column(o.Target), raw: o.RawTarget, scale: data.Target{Name: o.Target, Std: 1}}
	if err := e.settle(o); err != nil {
		return nil, err
	}
	if o.As != nil && o.As.Columns != nil {
		return e, e.as(t, *o.As)
	}
	for _, c := range t.columns {
		if c == e.target || slices.Contains(o.Drop, c.name) || o.Groups != "" && c.name == o.Groups {
			continue
		}
		in := input{column: c, std: 1}
		if !c.numeric() || slices.Contains(o.Categories, c.name) {
			if c.codes == nil {
				return nil, fmt.Errorf("column %s has more than %d different texts, such as %q: drop it", c.name, maxTexts, c.first)
			}
			in.categories = []string{}
		}
		e.inputs = append(e.inputs, in)
	}
	if len(e.inputs) == 0 {
		return nil, fmt.Errorf("no columns besides the target %s", o.Target)
	}
	return e, nil
}

// settle decides whether the target is a class or a number.
func (e *encoder) settle(o Options) error {
	c := e.target
	few := c.numeric() && c.codes != nil && len(c.texts) <= maxNumericClasses && c.whole()
	switch {
	case o.Task == Numbers, o.Task == "" && o.As != nil && o.As.Target != nil:
		return nil
	case o.Task == "" && c.numeric() && !few:
		return nil
	case c.codes == nil:
		return fmt.Errorf("target %s has more than %d classes", c.name, maxTexts)
	case o.Task == "" && few:
		e.notes = append(e.notes, fmt.Sprintf("the target %s is taken for %d classes (task=numbers if it is a quantity)",
			c.name, len(c.texts)))
	}
	e.classes = slices.Clone(c.texts)
	if c.numeric() {
		slices.SortFunc(e.classes, func(a, b string) int { return cmp.Compare(value(a), value(b)) })
	} else {
		slices.Sort(e.classes)
	}
	if o.As != nil && o.As.ClassNames != nil {
		e.classes = o.As.ClassNames
	}
	return nil
}

func value(text string) float64 {
	v, _ := strconv.ParseFloat(text, 64)
	return v
}

// as takes the columns that a trained network knows.
func (e *encoder) as(t *rows, f data.Facts) error {
	at := 0
	for _, col := range f.Columns {
		c := t.column(col.Name)
		if c == nil {
			return fmt.Errorf("there is no column %q, which the network takes: got %s", col.Name, t.names())
		}
		in := input{column: c, categories: col.Categories, std: 1}
		if in.categories == nil {
			if at >= len(f.Mean) || at >= len(f.Std) {
				return fmt.Errorf("column %s: the network's facts lack its mean and deviation", col.Name)
			}
			in.mean, in.std = f.Mean[at], f.Std[at]
		} else if c.codes == nil {
			return fmt.Errorf("column %s has more than %d different texts", c.name, maxTexts)
		}
		at += col.Width()
		e.inputs = append(e.inputs, in)
	}
	if f.Target != nil {
		e.scale = *f.Target
	}
	e.learnt = true
	return nil
}

// check returns an error if a row cannot be encoded.
func (e *encoder) check(row int) error {
	for _, in := range e.inputs {
		if in.categories == nil && math.IsInf(in.numbers[row], -1) {
			return fmt.Errorf("column %s: got a text, want a number (the column's first text is %q; if its numbers are names, "+
				"list it in categories)", in.name, in.first)
		}
	}
	c := e.target
	switch v := c.numbers[row]; {
	case math.IsNaN(v):
		return fmt.Errorf("column %s: got nothing, want the target", c.name)
	case e.classes == nil && math.IsInf(v, -1):
		return fmt.Errorf("column %s: got a text, want a number (the column's first text is %q)", c.name, c.first)
	case e.classes != nil && !slices.Contains(e.classes, c.texts[c.codes[row]]):
		return fmt.Errorf("column %s: got %.40q, which is no class of the network", c.name, c.texts[c.codes[row]])
	}
	return nil
}

// labels finds the class of each row.
func (e *encoder) labels(t *rows) {
	if e.classes == nil {
		return
	}
	e.label = make([]int32, len(t.lines))
	for r, code := range e.target.codes {
		if code >= 0 {
			e.label[r] = int32(slices.Index(e.classes, e.target.texts[code]))
		}
	}
}

// labelsOf returns the classes of some rows, nil if the target is a number.
func (e *encoder) labelsOf(rows []int) (labels []int32) {
	if e.classes == nil {
		return nil
	}
	for _, r := range rows {
		labels = append(labels, e.label[r])
	}
	return labels
}

// learn takes means, deviations and categories from the training rows.
func (e *encoder) learn(train []int) {
	for i := range e.inputs {
		in := &e.inputs[i]
		if in.categories == nil {
			if !e.learnt {
				in.mean, in.std = moments(in.numbers, train)
			}
			continue
		}
		if !e.learnt {
			in.categories = in.seen(train)
		}
		for _, text := range in.texts {
			in.place = append(in.place, int32(slices.Index(in.categories, text)))
		}
	}
	if e.classes == nil && !e.raw && !e.learnt {
		e.scale.Mean, e.scale.Std = moments(e.target.numbers, train)
	}
}

// moments returns the mean and the standard deviation of the numbers of some rows that have one, and 1 in place of a
// deviation of 0.
func moments(numbers []float64, rows []int) (mean, std float64) {
	n, squares := 0.0, 0.0
	for _, r := range rows {
		if v := numbers[r]; !math.IsNaN(v) && !math.IsInf(v, 0) {
			n++
			d := v - mean
			mean += d / n
			squares += d * (v - mean)
		}
	}
	if std = math.Sqrt(squares / max(n, 1)); !(std > 0) || math.IsInf(std, 0) || math.IsInf(mean, 0) {
		return mean, 1
	}
	return mean, std
}

// facts describe the columns.
func (e *encoder) facts(name string) data.Facts {
	f := data.Facts{Name: name, ClassNames: e.classes}
	for _, in := range e.inputs {
		if in.empty() {
			continue
		}
		f.Columns = append(f.Columns, data.Column{Name: in.name, Categories: in.categories})
		if in.categories == nil {
			f.Mean, f.Std = append(f.Mean, in.mean), append(f.Std, in.std)
		}
		for range in.categories {
			f.Mean, f.Std = append(f.Mean, 0), append(f.Std, 1)
		}
	}
	if e.classes == nil {
		f.Target = &e.scale
	}
	return f
}

// dataset returns some rows, of these groups, as samples.
func (e *encoder) dataset(rows []int, groups []int32, name string) (data.Dataset, error) {
	f := e.facts(name)
	width := len(f.Mean)
	if width < 1 || width > maxFeatures {
		return nil,
			fmt.Errorf("a row becomes %d numbers, want 1 to %d: drop columns with many categories", width, maxFeatures)
	}
	if len(rows) > maxNumbers/width {
		return nil, fmt.Errorf("%d rows become %d numbers each, want at most %d in all: drop columns with many categories",
			len(rows), width, maxNumbers)
	}
	x := make([]float32, 0, len(rows)*width)
	var target []float32
	var labels []int32
	for _, r := range rows {
		for _, in := range e.inputs {
			x = in.append(x, r)
		}
		if e.classes != nil {
			labels = append(labels, e.label[r])
		} else {
			target = append(target, float32((e.target.numbers[r]-e.scale.Mean)/e.scale.Std))
		}
	}
	y := data.Floats(data.TargetName, target, 1)
	if e.classes != nil {
		y = data.Ints(data.LabelsName, labels)
		y.Classes = len(e.classes)
	}
	set, err := data.NewTensors(data.Floats(data.XName, x, width), y)
	if err != nil {
		return nil, err
	}
	return set.WithFacts(f).WithGroups(groups), nil
}

// append appends the numbers of a row.
func (in input) append(x []float32, row int) []float32 {
	if in.categories == nil {
		v := in.numbers[row]
		if math.IsNaN(v) {
			return append(x, 0)
		}
		return append(x, float32((v-in.mean)/in.std))
	}
	at := len(x)
	for range in.categories {
		x = append(x, 0)
	}
	if code := in.codes[row]; code >= 0 && in.place[code] >= 0 {
		x[at+int(in.place[code])] = 1
	}
	return x
}
