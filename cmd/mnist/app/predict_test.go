package app

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"anneal/data"
	"anneal/data/source"
	"anneal/internal/longtest"
)

// answer is a line of JSON that predict prints about a picture of a digit.
type answer struct {
	Picture       string    `json:"picture"`
	Digit         int       `json:"digit"`
	Probabilities []float64 `json:"probabilities"`
}

// writeTables writes a folder with a table of prices, and one of two classes of which 2 % are of the second, each with
// a training and a test part.
func writeTables(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	random := rand.New(rand.NewPCG(3, 4))
	for _, part := range []struct {
		name string
		rows int
	}{{"train", 1000}, {"test", 300}} {
		var houses, rare strings.Builder
		houses.WriteString("id,area,town,price\n")
		rare.WriteString("amount,hour,card,fraud\n")
		for i := range part.rows {
			area, town := 40+160*random.Float64(), random.IntN(3)
			cell := strconv.FormatFloat(area, 'f', 1, 64)
			if i%20 == 7 {
				cell, area = "NA", 120
			}
			fmt.Fprintf(&houses, "%d,%s,%s,%.0f\n",
				i, cell, []string{"Bonn", "Graz", ""}[town], 2000*area+50000*float64(town))
			shift, class := 0.0, "no"
			if i%50 == 0 {
				shift, class = 5, "yes"
			}
			fmt.Fprintf(&rare, "%.3f,%.3f,%s,%s\n", random.NormFloat64()+shift, random.NormFloat64(),
				[]string{"debit", "credit"}[i%2], class)
		}
		for name, content := range map[string]string{"houses": houses.String(), "fraud": rare.String()} {
			if err := os.MkdirAll(filepath.Join(dir, name), 0o777); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(dir, name, part.name+".csv"), []byte(content))
		}
	}
	return dir
}

// metricsOf returns what eval prints as JSON: the loss, the accuracy and the metrics by name.
func metricsOf(t *testing.T, dir string, args ...string) map[string]float64 {
	t.Helper()
	got := mnist(t, dir, append([]string{"eval", "--format=json"}, args...)...)
	var e struct {
		Accuracy float64 `json:"test_accuracy"`
		Metrics  []struct {
			Name string  `json:"name"`
			Test float64 `json:"test"`
		}
	}
	if err := json.Unmarshal([]byte(got.stdout), &e); err != nil || got.code != exitOK {
		t.Fatalf("%v: got %+v, %v", args, got, err)
	}
	all := map[string]float64{"accuracy": e.Accuracy}
	for _, m := range e.Metrics {
		all[m.Name] = m.Test
	}
	return all
}

// predicted returns the rows that predict prints as CSV, by the names of the columns.
func predicted(t *testing.T, dir string, args ...string) (rows []map[string]string) {
	t.Helper()
	got := mnist(t, dir, append([]string{"predict", "--format=csv"}, args...)...)
	lines, err := csv.NewReader(strings.NewReader(got.stdout)).ReadAll()
	if err != nil || got.code != exitOK {
		t.Fatalf("%v: got %+v, %v", args, got, err)
	}
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, name := range lines[0] {
			row[name] = line[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// A regression and two classes, of which one has 2 % of the rows, train from a table by the command line alone.
// Predictions for the test rows, from the file of weights without the training data, are those that eval measured.
func TestPredictTables(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program many times")
	dir := writeTables(t)
	for _, args := range []string{
		"--data=houses?target=price&drop=id --model=mlp-regression --epochs=6 --solver=Adam(lr=0.01) --out=a",
		"--data=fraud?target=fraud --model=mlp --epochs=4 --solver=Adam(lr=0.003) --metrics=average_precision " +
			"--best=average_precision --class-weights=balanced --out=b",
	} {
		if got := mnist(t, dir, append(strings.Fields(args), "--quiet")...); got.code != exitOK {
			t.Fatalf("%s: got %+v", args, got)
		}
	}
	prices := metricsOf(t, dir, "--init=a/final.safetensors")
	fraud := metricsOf(t, dir, "--init=b/final.safetensors", "--metrics=average_precision")
	if !(prices["r2"] > 0.9) || !(fraud["average_precision"] > 0.9) {
		t.Errorf("got prices with %v, fraud with %v: want an R² and an average precision above 0.9", prices, fraud)
	}

	spec := must(source.Parse(filepath.Join(dir, "houses?target=price&drop=id")))
	houses := must(source.Load(t.Context(), spec, nil))
	scale := data.FactsOf(houses.Train).Target
	if err := os.MkdirAll(filepath.Join(dir, "elsewhere"), 0o777); err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{
		"houses/test.csv": "prices.csv", "fraud/test.csv": "fraud.csv", "a/final.safetensors": "a.safetensors",
		"b/final.safetensors": "b.safetensors",
	} {
		write(t, filepath.Join(dir, "elsewhere", to), content(t, dir, from))
	}
	there := filepath.Join(dir, "elsewhere")

	truth := must(csv.NewReader(strings.NewReader(string(content(t, dir, "houses/test.csv")))).ReadAll())[1:]
	rows, miss := predicted(t, there, "--init=a.safetensors", "prices.csv"), 0.0
	for i, row := range rows {
		price, err := strconv.ParseFloat(row["price"], 64)
		want, _ := strconv.ParseFloat(truth[i][3], 64)
		if err != nil || row["row"] != strconv.Itoa(i+1) || row["file"] != "prices.csv" {
			t.Fatalf("row %d: got %v, %v", i, row, err)
		}
		miss += math.Abs(price-want) / scale.Std / float64(len(truth))
	}
	if len(rows) != len(truth) || !(math.Abs(miss-prices["mae"]) < 1e-5*prices["mae"]) {
		t.Errorf("%d predictions miss the prices by %v on average, want %d and %v",
			len(rows), miss, len(truth), prices["mae"])
	}

	truth = must(csv.NewReader(strings.NewReader(string(content(t, dir, "fraud/test.csv")))).ReadAll())[1:]
	right := 0.0
	for i, row := range predicted(t, there, "--init=b.safetensors", "fraud.csv") {
		if row["class"] == truth[i][3] {
			right++
		}
		if p, err := strconv.ParseFloat(row["P(yes)"], 64); err != nil || (p > 0.5) != (row["class"] == "yes") {
			t.Errorf("row %d: got %v, %v", i, row, err)
		}
	}
	if right/float64(len(truth)) != fraud["accuracy"] {
		t.Errorf("%v of %d predictions are right, want a share of %v", right, len(truth), fraud["accuracy"])
	}
	predictOthers(t, there)
	serveRows(t, there, rows)
	for file, wants := range map[string][]string{
		"a.safetensors": {
			`[{"name":"area"},{"name":"town","categories":["Bonn","Graz"]}]`, `{"name":"price","mean":`, "numbers", "[3]",
			"price in units of its standard deviation", "A row of a table",
		},
		"b.safetensors": {`"credit","debit"`, "class_names", `["no","yes"]`, "classes", "Class scores before softmax"},
	} {
		got := mnist(t, there, "export", "--init", file, "--onnx=net.onnx")
		for _, want := range wants {
			if got.code != exitOK || !strings.Contains(string(content(t, there, "net.onnx")), want) {
				t.Errorf("export %s: got %+v and a file without %s", file, got, want)
			}
		}
	}
}

// serveRows has the service answer about the test rows of the prices, which predict gave these answers.
func serveRows(t *testing.T, dir string, want []map[string]string) {
	c, _, address := serving(t, dir, "--init=a.safetensors")
	defer func() { _, _ = c.Process.Kill(), c.Wait() }()
	answer, err := http.Post(address+"/predict", "text/csv", bytes.NewReader(content(t, dir, "prices.csv")))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var got []struct{ Values struct{ Price json.Number } }
	if err := json.NewDecoder(answer.Body).Decode(&got); err != nil || len(got) != len(want) {
		t.Fatalf("got %d answers, %v, want %d", len(got), err, len(want))
	}
	for i, g := range got {
		served, _ := g.Values.Price.Float64()
		printed, err := strconv.ParseFloat(want[i]["price"], 64)
		if err != nil || !(math.Abs(served-printed) <= 1e-5*math.Abs(printed)) {
			t.Errorf("row %d: got %v, want %v as predict prints it, %v", i, served, printed, err)
		}
	}
}

// predictOthers asks the networks of TestPredictTables in other ways.
func predictOthers(t *testing.T, dir string) {
	for name, text := range map[string]string{
		"one.json":     `{"area": 100, "town": null}`,
		"two.json":     `[{"area": "100", "town": ""}, {"area": null, "town": "Graz"}]`,
		"order.tsv":    "town\tarea\n\t100\n",
		"lacks.csv":    "town,Area\nBonn,1\n",
		"bad.csv":      "area,town\n1,Bonn\n1,Rom\nbig,Graz\n1,Graz,x\n1,Graz\n",
		"empty.csv":    "",
		"surplus.json": `{"area": 1, "town": "Bonn", "aera": 1}`,
		"less.json":    `{"area": 1}`,
		"name.json":    `{"area": 1, "town": "Rom"}`,
		"list.json":    `{"area": [1], "town": "Bonn"}`,
		"none.json":    `[]`,
	} {
		write(t, filepath.Join(dir, name), []byte(text))
	}
	one := predicted(t, dir, "--init=a.safetensors", "one.json", "order.tsv", "two.json")
	if len(one) != 4 || one[0]["price"] != one[1]["price"] || one[0]["price"] != one[2]["price"] ||
		one[3]["row"] != "2" {
		t.Errorf("one row in several ways: got %v", one)
	}
	for _, c := range []struct {
		args, out, err string
		code           int
	}{
		{"--init=a.safetensors --format=json one.json", `{"file":"one.json","row":1,"values":{"price":`, "", exitOK},
		{"--init=a.safetensors one.json", "one.json    1  ", "", exitOK},
		{"--init=b.safetensors --format=json fraud.csv", `"row":1,"class":1,"name":"yes","probabilities":[`, "", exitOK},
		{"--init=b.safetensors --output=logits fraud.csv", `logit(yes)`, "", exitOK},
		{"--init=b.safetensors --output=logits --format=json fraud.csv", `"name":"yes","logits":[`, "", exitOK},
		{"--init=a.safetensors prices.csv", "", "columns that the network does not take are ignored: id, price", exitOK},
		{"--init=a.safetensors --output=logits one.json", "", `got "logits", want values`, exitFailed},
		{"--init=b.safetensors --output=values fraud.csv", "", `got "values", want probabilities or logits`, exitFailed},
		{"--init=a.safetensors lacks.csv", "", `lacks.csv: there is no column "area": want area, town`, exitFailed},
		{
			"--init=a.safetensors bad.csv", "bad.csv    5  ",
			"line 3: column town: got \"Rom\", want one of Bonn, Graz, or nothing if it is missing", exitFailed,
		},
		{"--init=a.safetensors bad.csv", "", `line 4: column area: got "big", want a number`, exitFailed},
		{"--init=a.safetensors bad.csv", "", `3 of 5 rows could not be read: bad.csv: line 5: got 3 col`, exitFailed},
		{"--init=a.safetensors empty.csv", "", "the table is empty", exitFailed},
		{"--init=a.safetensors surplus.json", "", `takes no column "aera": want area, town`, exitFailed},
		{"--init=a.safetensors less.json", "", `there is no column "town": want area, town; null is`, exitFailed},
		{"--init=a.safetensors name.json", "", `column town: got "Rom", want one of Bonn, Graz`, exitFailed},
		{"--init=a.safetensors list.json", "", `column area: got [1], want a number, a text or null`, exitFailed},
		{"--init=a.safetensors none.json", "", `want {"area": number, "town": text}, or a list`, exitFailed},
		{"--init=a.safetensors nowhere.csv", "", "nowhere.csv", exitFailed},
	} {
		got := mnist(t, dir, append([]string{"predict"}, strings.Fields(c.args)...)...)
		if got.code != c.code || !strings.Contains(got.stdout, c.out) || !strings.Contains(got.stderr, c.err) {
			t.Errorf("%s: got %+v, want code %d with %s and %s", c.args, got, c.code, c.out, c.err)
		}
	}
}
