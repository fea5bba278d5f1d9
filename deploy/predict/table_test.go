package predict

import (
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/internal/limittest"
	"anneal/runs"
)

// houses is the record of a table: a number, two categories, and a price to predict.
var houses = runs.DataRecord{
	Shape: [3]int{3, 1, 1}, XShape: []int{3}, Means: []float64{100, 0, 0}, Stds: []float64{20, 1, 1},
	Columns: []runs.ColumnRecord{{Name: "area"}, {Name: "town", Categories: []string{"Bonn", "Graz"}}},
	Target:  &runs.TargetRecord{Name: "price", Mean: 1000, Std: 10},
}

// sum is a network that adds the numbers of a sample.
func sum(b *graph.Builder, x *graph.Node) *graph.Node { return b.Linear("sum", b.Flatten(x), 1) }

// predictorOf returns a predictor whose weights are 1.
func predictorOf(t testing.TB, model graph.Model, o Options) *Predictor {
	t.Helper()
	params := graph.NewParams(0, tensor.Float32)
	p, err := New(model, params, o)
	if err != nil {
		t.Fatal(err)
	}
	set(params, 1)
	return p
}

func houseOptions() Options {
	o := OptionsOf(houses)
	o.Task = Numbers
	return o
}

// Rows of cells, of files and of JSON are the same samples, and their answers are in the target's units.
func TestRows(t *testing.T) {
	p := predictorOf(t, sum, houseOptions())
	want := [][]float32{{1, 1, 0}, {0, 0, 1}, {-2.5, 0, 0}}
	var got [][]float32
	for _, cells := range [][]string{{"120", "Bonn"}, {" NA", "Graz "}, {"5e1", ""}} {
		x, err := p.Row(cells)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, x)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("cells: got %v, want %v", got, want)
	}
	for name, content := range map[string]string{
		"a.csv": "\ufeffid,town,area\n1,Bonn,120\n2,Graz,\n3,?,50\n", "a.tsv": "area\ttown\n120\tBonn\nNaN\tGraz\n50\t\n",
		"b.csv": "town;area\nBonn;120\nGraz;\n;50",
	} {
		rows, err := p.Rows(strings.NewReader(content), name)
		if err != nil {
			t.Fatal(err)
		}
		got = nil
		for x, err := rows.Next(); err != io.EOF; x, err = rows.Next() {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, x)
		}
		if !reflect.DeepEqual(got, want) || slices.Contains(rows.Ignored(), "id") != strings.Contains(content, "id") {
			t.Errorf("%s: got %v without %v, want %v", name, got, rows.Ignored(), want)
		}
	}
	got, list, err := p.JSON([]byte(
		`[{"area":120,"town":"Bonn"}, {"town":"Graz","area":null}, {"area":"50","town":""}]`), 3)
	if err != nil || !list || !reflect.DeepEqual(got, want) {
		t.Errorf("JSON: got %v, %v, %v, want %v", got, list, err, want)
	}
	answers, err := p.Answer(got...)
	for i, a := range answers {
		price := 1000 + 10*float64(want[i][0]+want[i][1]+want[i][2])
		if v := a.Values[0]; err != nil || v.Name != "price" || v.Shape != nil || !(math.Abs(v.Numbers[0]-price) < 1e-4) {
			t.Errorf("row %d: got %+v, %v, want %v", i, v, err, price)
		}
	}
	if a := p.Options().Present(answers[0], Values); fmt.Sprint(a.Values) != "map[price:1020]" || a.Digit != nil ||
		a.Class != nil {
		t.Errorf("as JSON: got %+v", a)
	}
}

// Columns without names have numbers, and the first line is a row.
func TestRowsWithoutNames(t *testing.T) {
	o := houseOptions()
	o.Columns = []runs.ColumnRecord{{Name: "0"}, {Name: "2", Categories: []string{"Bonn", "Graz"}}}
	p := predictorOf(t, sum, o)
	rows, err := p.Rows(strings.NewReader("120,7,Bonn\n80,8,Graz\n"), "a.csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range [][]float32{{1, 1, 0}, {-1, 0, 1}} {
		if x, err := rows.Next(); err != nil || !slices.Equal(x, want) {
			t.Errorf("got %v, %v, want %v", x, err, want)
		}
	}
	if _, err := rows.Next(); err != io.EOF {
		t.Errorf("got %v, want the end", err)
	}
}

func TestBadRows(t *testing.T) {
	const house = `{"area":1,"town":""}`
	p := predictorOf(t, sum, houseOptions())
	const pixels = `{"area":1,"town":"","pixels":[]}`
	two, three := "["+house+`,{"area":true,"town":""}]`, "["+house+","+house+","+house+"]"
	row := func(cells ...string) error { _, err := p.Row(cells); return err }
	json := func(text string) error { _, _, err := p.JSON([]byte(text), 2); return err }
	file := func(content string) error {
		rows, err := p.Rows(strings.NewReader(content), "a.csv")
		if err == nil {
			_, err = rows.Next()
		}
		return err
	}
	for want, err := range map[string]error{
		`column area: got "big", want a number, or nothing if it is missing`:          row("big", "Bonn"),
		`column area: got "inf", want a number`:                                       row("inf", "Bonn"),
		`column town: got "Rom", want one of Bonn, Graz, or nothing if it is missing`: row("1", "Rom"),
		`got 1 cells, want 2: area, town`:                                             row("1"),
		`there is no column "town": want area, town; got ["area" "Town"]`:             file("area,Town\n"),
		`2 columns have the name "town": want one`:                                    file("area,town,town\n"),
		`the table is empty`:                                                              file(""),
		`line 2: got 1 columns, want 2`:                                                   file("area,town\n1\n"),
		`line 2: column area: got "x"`:                                                    file("area,town\nx,Bonn\n"),
		`line 2, column 9: extraneous or missing "`:                                       file("area,town\n\"x,Bonn\n"),
		`there is no column "area": want area, town; null is a missing value`:             json(`{}`),
		`the network takes no column "pixels": want area, town`:                           json(pixels),
		`column town: got {}, want a number, a text or null`:                              json(`{"area":1,"town":{}}`),
		`sample 1: column area: got "true", want a number`:                                json(two),
		`too many samples: want at most 2 at once`:                                        json(three),
		`JSON: got array at byte 1, want {"area": number, "town": text}, or a list of at`: json(`[]`),
		`JSON: got number at byte 1, want {"area": number, "town": text}`:                 json(`5`),
		`JSON: got null, want {"area": number, "town": text}`:                             json(`null`),
		`sample 0: JSON: got array at byte 1`:                                             json(`[[1]]`),
		`want one object and nothing after it`:                                            json(`{} {}`),
		`want one list and nothing after it`:                                              json("[" + house + "] 1"),
		`JSON: want a list that ends`:                                                     json("[" + house),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if err := json(three); !errors.Is(err, ErrTooMany) {
		t.Errorf("got %v, want ErrTooMany", err)
	}
	if bad := (*BadRow)(nil); !errors.As(file("area,town\nx,Bonn\n"), &bad) {
		t.Error("a bad cell is no BadRow")
	}
	many := make([]string, 30)
	for i := range many {
		many[i] = fmt.Sprintf("c%d", i)
	}
	if got := some(many); !strings.HasSuffix(got, "c19 and 10 more") {
		t.Errorf("30 names: got %s", got)
	}
	o := houseOptions()
	o.Columns = o.Columns[:1]
	if _, err := New(sum, graph.NewParams(0, tensor.Float32), o); err == nil ||
		!strings.Contains(err.Error(), "Columns: got columns of 1 numbers, want as many as [3] has") {
		t.Errorf("too few columns: got %v", err)
	}
	if _, err := predictorOf(t, sum, Options{}).Row(nil); err == nil ||
		err.Error() != "predict: got rows of a table for a network that takes pictures" {
		t.Errorf("rows for pictures: got %v", err)
	}
	if _, err := p.Normalise(make([]byte, 3)); err == nil ||
		err.Error() != "predict: got pixels for a network that takes rows of a table: area, town" {
		t.Errorf("pixels for a table: got %v", err)
	}
}

// Names of columns with ends of lines are part of errors of one line.
func TestColumnsOfTwoLines(t *testing.T) {
	o := houseOptions()
	o.Columns = slices.Clone(o.Columns)
	o.Columns[0].Name = "a\nrea"
	p := predictorOf(t, sum, o)
	_, row := p.Row([]string{"x", "Bonn"})
	_, few := p.Row(nil)
	_, rows := p.Rows(strings.NewReader("b,town\n"), "a.csv")
	_, _, body := p.JSON([]byte(`{"a\nrea": "x", "town": "Bonn"}`), 1)
	_, pixels := p.Normalise(make([]byte, 3))
	for _, err := range []error{row, few, rows, body, pixels} {
		if err == nil || !strings.Contains(err.Error(), `a\nrea`) {
			t.Errorf("got %v, want the name", err)
		}
		limittest.OneLine(t, err)
	}
}

// Whatever a body says, it becomes samples of the right size or an error.
func FuzzSamples(f *testing.F) {
	for _, text := range []string{
		`[{"area":1,"town":"Bonn"}]`, `{"x":[[1],[2],[3]]}`, "area,town\n1,Bonn\n", `{"area":1e999,"town":null}`, "[[", "",
	} {
		f.Add([]byte(text))
	}
	tensors := OptionsOf(houses)
	tensors.Columns = nil
	networks := []*Predictor{predictorOf(f, sum, houseOptions()), predictorOf(f, sum, tensors)}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, p := range networks {
			var samples [][]float32
			var list bool
			var err error
			limittest.Small.Run(t, "JSON", func() { samples, list, err = p.JSON(body, 10) })
			limittest.OneLine(t, err)
			if err == nil && (len(samples) == 0 || len(samples) > 10 || !list && len(samples) > 1) {
				t.Errorf("%q: got %d samples", body, len(samples))
			}
			limittest.Small.Run(t, "rows", func() {
				rows, err := p.Rows(strings.NewReader(string(body)), "a.csv")
				for err == nil {
					var x []float32
					if x, err = rows.Next(); err == nil {
						samples = append(samples, x)
					}
				}
				limittest.OneLine(t, err)
			})
			for _, x := range samples {
				if len(x) != 3 || slices.ContainsFunc(x, func(v float32) bool { return v != v }) {
					t.Errorf("%q: got %v", body, x)
				}
			}
		}
	})
}
