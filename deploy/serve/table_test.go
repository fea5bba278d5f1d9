package serve

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"anneal/deploy/predict"
	"anneal/graph"
	"anneal/runs"
)

// serving serves a network of one linear layer with weights of 1.
func serving(t *testing.T, out int, o predict.Options) *httptest.Server {
	t.Helper()
	params := graph.NewParams(0, tensor.Float32)
	model := func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Linear("fc", b.Flatten(x), out) }
	p, err := predict.New(model, params, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range params.All() {
		for i := range p.Value().Float32s() {
			p.Value().Float32s()[i] = 0
			if strings.HasSuffix(p.Name(), "weight") {
				p.Value().Float32s()[i] = 1
			}
		}
	}
	s := New(p)
	server := httptest.NewServer(s)
	t.Cleanup(func() { server.Close(); s.Close() })
	return server
}

// table serves a network that predicts prices of houses: 1000 + 10·((area − 100)/20 + 1 for each town that is known).
func table(t *testing.T) *httptest.Server {
	o := predict.OptionsOf(runs.DataRecord{
		Shape: [3]int{3, 1, 1}, XShape: []int{3}, Means: []float64{100, 0, 0}, Stds: []float64{20, 1, 1},
		Columns: []runs.ColumnRecord{{Name: "area"}, {Name: "town", Categories: []string{"Bonn", "Graz"}}},
		Target:  &runs.TargetRecord{Name: "price", Mean: 1000, Std: 10}, Name: "houses",
	})
	o.Task = predict.Numbers
	return serving(t, 1, o)
}

// labels serves a network that gives samples of 2×2 numbers two labels.
func labels(t *testing.T) *httptest.Server {
	return serving(t, 2, predict.Options{
		XShape: []int{2, 2}, Task: predict.Labels, ClassNames: []string{"red", "round"},
	})
}

// ask returns the answer to a request.
func ask(t *testing.T, url, kind, body string) (status int, answer any) {
	t.Helper()
	response, err := http.Post(url, kind, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil {
		err = json.Unmarshal(text, &answer)
	}
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return response.StatusCode, answer
}

// A table's rows come one by one and many at once, as JSON, as CSV and in forms.
func TestTable(t *testing.T) {
	server := table(t)
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", "rows.tsv")
	if err == nil {
		_, err = io.WriteString(part, "town\tarea\nBonn\t120\n")
	}
	if err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	price := func(v float64) any { return map[string]any{"values": map[string]any{"price": v}} }
	const (
		rome = `column town: got "Rom", want one of Bonn, Graz, or nothing if it is missing`
		many = "too many samples: want at most 1024 at once"
	)
	for _, c := range []struct {
		query, kind, body string
		status            int
		want              any
	}{
		{"", "application/json", `{"area": 120, "town": "Graz"}`, 200, price(1020)},
		{"?output=values", "", `{"area": "", "town": null}`, 200, price(1000)},
		{"", "", `[{"area": 120, "town": "Graz"}, {"area": 80, "town": null}]`, 200, []any{price(1020), price(990)}},
		{"", "", `[{"area": 120, "town": "Graz"}]`, 200, []any{price(1020)}},
		{"", "text/csv; charset=utf-8", "id,town,area\n1,Bonn,120\n2,NA,100\n", 200, []any{price(1020), price(1000)}},
		{"", "text/tab-separated-values", "town\tarea\nBonn\t120\n", 200, []any{price(1020)}},
		{"", "application/x-www-form-urlencoded", "town;area\nBonn;120\n", 200, []any{price(1020)}},
		{"", w.FormDataContentType(), form.String(), 200, []any{price(1020)}},

		{"?output=logits", "", `{}`, 400, `output: got "logits", want values: the network predicts numbers`},
		{"", "", `{"area": 120}`, 400, `there is no column "town": want area, town; null is a missing value`},
		{"", "", `{"area": 1, "town": "", "x": 1}`, 400, `the network takes no column "x": want area, town`},
		{"", "", `{"area": 1, "town": "Rom"}`, 400, rome},
		{"", "", `{"area": "big", "town": ""}`, 400, `column area: got "big", want a number, or nothing if it is missing`},
		{"", "", `[]`, 400, `JSON: got array at byte 1, want {"area": number, "town": text}, or a list of at least one`},
		{"", "text/csv", "town,area\nBonn,1\nRom,2\n", 400, "line 3: " + rome},
		{"", "text/csv", "town\nBonn\n", 400, `there is no column "area": want area, town; got ["town"]`},
		{"", "text/csv", "town,area\n", 400, `the table has no rows, want at least one`},
		{"", "text/csv", "town,area\n" + strings.Repeat("Bonn,1\n", 1025), 413, many},
		{"", "", "[" + strings.Repeat(`{"area":1,"town":""},`, 1024) + `{"area":1,"town":""}]`, 413, many},
		{"", "image/png", "x", 400, `got a picture, or a body of an unknown kind: the network takes table, see /model`},
	} {
		want := c.want
		if text, wrong := c.want.(string); wrong {
			want = map[string]any{"error": text}
		}
		if status, got := ask(t, server.URL+"/predict"+c.query, c.kind, c.body); status != c.status ||
			!reflect.DeepEqual(got, want) {
			t.Errorf("%.60s: got %d, %v, want %d, %v", c.body, status, got, c.status, want)
		}
	}
	_, rows := ask(t, server.URL+"/predict", "text/csv", "town,area\n"+strings.Repeat("Bonn,120\n", 1024))
	if list, ok := rows.([]any); !ok || len(list) != 1024 || !reflect.DeepEqual(list[1023], price(1020)) {
		t.Errorf("1024 rows: got %.100v", rows)
	}
}

// What /model says is what a page needs to ask.
func TestModelOfTable(t *testing.T) {
	response, err := http.Get(table(t).URL + "/model")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	got, err := io.ReadAll(response.Body)
	want := `{"data":"houses","input":"table","task":"numbers","shape":[3,1,1],"x_shape":[3],"preprocess":"none",` +
		`"classes":[],"columns":[{"name":"area","mean":100,"std":20},{"name":"town","categories":["Bonn","Graz"]}],` +
		`"target":{"name":"price","mean":1000,"std":10},"most":1024}` + "\n"
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

// Tensors and labels, and several pictures at once.
func TestOtherSamples(t *testing.T) {
	url := labels(t).URL + "/predict"
	if _, got := ask(t, url, "", `{"x": [[1, 2], [3, -6]]}`); fmt.Sprint(got) !=
		"map[labels:[red round] probabilities:[0.5 0.5]]" {
		t.Errorf("labels: got %v", got)
	}
	if _, got := ask(t, url+"?output=logits", "", `[{"x": [1, 2, 3, 4]}, {"x": [-1, 0, 0, 0]}]`); fmt.Sprint(got) !=
		"[map[labels:[red round] logits:[10 10]] map[labels:[] logits:[-1 -1]]]" {
		t.Errorf("logits: got %v", got)
	}
	for body, says := range map[string]string{
		`{"pixels": [1, 2, 3, 4]}`:   `unknown key "pixels": want {"x": [4 numbers]}`,
		`{"x": [[1, 2], [3]]}`:       "x: got lists of different lengths",
		`{"x": [1e38, 3e38, 1, 1]}`:  "finite",
		"\x89PNG":                    "the network takes tensors, see /model",
		`{"x": [1, 2, 3, 4], "y":1}`: "want {\"x\": [4 numbers]}",
	} {
		if _, got := ask(t, url, "", body); !strings.Contains(fmt.Sprint(got), says) {
			t.Errorf("%s: got %v, want %s", body, got, says)
		}
	}

	colour := colours(t).URL + "/predict"
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	for range 3 {
		part, err := w.CreateFormFile("pictures", "a.png")
		if err == nil {
			_, err = part.Write(green(t, 40, 40))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	status, got := ask(t, colour, w.FormDataContentType(), form.String())
	list, _ := got.([]any)
	if status != 200 || len(list) != 3 {
		t.Fatalf("three pictures: got %d, %v", status, got)
	}
	for _, one := range list {
		if answer := one.(map[string]any); answer["name"] != "T-shirt/top" || answer["pixels"] != nil {
			t.Errorf("three pictures: got %v", one)
		}
	}
	_, got = ask(t, colour+"?output=logits", "image/png", string(green(t, 32, 32)))
	if one := got.(map[string]any); one["logits"] == nil || one["probabilities"] != nil {
		t.Errorf("logits of a picture: got %v", got)
	}
}
