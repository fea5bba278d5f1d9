package app

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"anneal/runs"
)

// idxAndMore writes 40 training and 20 test images of 28×28 in four classes three times: as IDX files, as folders of
// PNG, and as .npz.
func idxAndMore(t *testing.T) (paths []string) {
	t.Helper()
	base := t.TempDir()
	random := rand.New(rand.NewPCG(1, 2))
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	array := func(name string, shape string, b []byte) {
		head := fmt.Sprintf("{'descr': '|u1', 'fortran_order': False, 'shape': (%s), }", shape)
		w, err := z.Create(name + ".npy")
		if err == nil {
			_, err = w.Write(append(append([]byte("\x93NUMPY\x01\x00"), byte(len(head)), 0), head+string(b)...))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for part, n := range map[string]int{"train": 40, "test": 20} {
		images, labels := make([]byte, n*784), make([]byte, n)
		for i := range labels {
			labels[i] = byte(random.IntN(4))
			img := image.NewGray(image.Rect(0, 0, 28, 28))
			for j := range img.Pix {
				img.Pix[j] = byte(random.IntN(200) + 10*int(labels[i]))
			}
			copy(images[784*i:], img.Pix)
			var b bytes.Buffer
			if err := png.Encode(&b, img); err != nil {
				t.Fatal(err)
			}
			folder := filepath.Join(base, "png", part, fmt.Sprint(labels[i]))
			if err := os.MkdirAll(folder, 0o777); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(folder, fmt.Sprintf("%05d.png", i)), b.Bytes())
		}
		if err := os.MkdirAll(filepath.Join(base, "idx"), 0o777); err != nil {
			t.Fatal(err)
		}
		name := map[string]string{"train": "train", "test": "t10k"}[part]
		write(t, filepath.Join(base, "idx", name+"-images-idx3-ubyte"), idx([]int{n, 28, 28}, images))
		write(t, filepath.Join(base, "idx", name+"-labels-idx1-ubyte"), idx([]int{n}, labels))
		array(part+"_images", fmt.Sprintf("%d, 28, 28", n), images)
		array(part+"_labels", fmt.Sprintf("%d,", n), labels)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(base, "set.npz"), archive.Bytes())
	return []string{filepath.Join(base, "idx"), filepath.Join(base, "png"), filepath.Join(base, "set.npz")}
}

// One data set trains to the same bits from IDX files, from folders of pictures and from .npz.
func TestThreeWays(t *testing.T) {
	var first *runs.Record
	for _, path := range idxAndMore(t) {
		dir := t.TempDir()
		got := mnist(t, dir, "train", "--data", path, "--epochs=1", "--batch=16", "--out=run", "--quiet")
		if got.code != exitOK {
			t.Fatalf("%s: got %+v", path, got)
		}
		record, err := runs.ReadRecord(filepath.Join(dir, "run"))
		if err != nil {
			t.Fatal(err)
		}
		lines, err := os.ReadFile(filepath.Join(dir, "run", "metrics.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		var step struct {
			Loss float64 `json:"loss"`
		}
		if err := json.Unmarshal(bytes.SplitN(lines, []byte("\n"), 2)[0], &step); err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = record
			first.Notes["loss"] = step.Loss
		}
		if record.Train.SHA256 != first.Train.SHA256 || record.Test.SHA256 != first.Test.SHA256 ||
			step.Loss != first.Notes["loss"] || record.Train.Mean != first.Train.Mean {
			t.Errorf("%s: got training samples %v and a loss of %v, want %v and %v",
				path, record.Train, step.Loss, first.Train, first.Notes["loss"])
		}
	}
}

// A regression and two unequal classes train from a table by the command line alone, resume, and are evaluated.
func TestTables(t *testing.T) {
	dir := t.TempDir()
	random := rand.New(rand.NewPCG(3, 4))
	var houses, rare strings.Builder
	houses.WriteString("area,town,price\n")
	rare.WriteString("a,b,fraud\n")
	for i := range 300 {
		area := 40 + 160*random.Float64()
		fmt.Fprintf(&houses, "%.1f,%s,%.0f\n", area, []string{"Bonn", "Graz", ""}[i%3], 2000*area+float64(i%3)*50000)
		shift, class := 0.0, "no"
		if i%50 == 0 {
			shift, class = 4, "yes"
		}
		fmt.Fprintf(&rare, "%.3f,%.3f,%s\n", random.NormFloat64()+shift, random.NormFloat64(), class)
	}
	write(t, filepath.Join(dir, "houses.csv"), []byte(houses.String()))
	write(t, filepath.Join(dir, "rare.csv"), []byte(rare.String()))

	got := mnist(t, dir, "train", "--data=houses.csv?target=price", "--model=mlp-regression", "--epochs=4",
		"--solver=Adam(lr=0.01)", "--out=prices")
	if got.code != exitOK || strings.Contains(got.stderr, "accuracy") || !strings.Contains(got.stderr, "test mae 0.") {
		t.Fatalf("got %+v", got)
	}
	got = mnist(t, dir, "eval", "--init=prices/final.safetensors")
	if got.code != exitOK || strings.Contains(got.stdout, "accuracy") || !strings.Contains(got.stdout, "test r2 0.") {
		t.Errorf("eval: got %+v", got)
	}
	if got = mnist(t, dir, "train", "--resume=prices", "--epochs=5"); got.code != exitOK {
		t.Errorf("resume: got %+v", got)
	}
	record, err := runs.ReadRecord(filepath.Join(dir, "prices"))
	if err != nil {
		t.Fatal(err)
	}
	if record.Notes[noteOptions] != "target=price" || record.Notes[noteData] != filepath.Join(dir, "houses.csv") ||
		record.Train.Target.Name != "price" || len(record.Train.Columns) != 2 ||
		record.Train.Columns[1].Categories[1] != "Graz" {
		t.Errorf("recorded: %+v, %+v", record.Notes, record.Train)
	}

	got = mnist(t, dir, "compare", "--data=houses.csv?target=price", "--model=mlp-regression", "--epochs=1", "--seed=1",
		"--solver=Adam(lr=0.01)", "--batch=16,64", "--out=study")
	if got.code != exitOK || strings.Contains(got.stderr, "accuracy") ||
		!strings.Contains(got.stderr, "best: mlp-regression, Adam, StepLR(step_size=5), lr 0.01, batch 16: validation loss") {
		t.Errorf("compare: got %+v", got)
	}

	got = mnist(t, dir, "train", "--data=rare.csv", "--target=fraud", "--model=mlp", "--epochs=2",
		"--solver=Adam(lr=0.001)", "--metrics=f1, average_precision", "--best=average_precision", "--out=fraud")
	if got.code != exitOK || !strings.Contains(got.stderr, "average_precision") {
		t.Fatalf("got %+v", got)
	}
	got = mnist(t, dir, "eval", "--init=fraud/final.safetensors", "--per-class")
	if got.code != exitOK || !strings.Contains(got.stdout, "as yes") {
		t.Errorf("eval: got %+v", got)
	}
	write(t, filepath.Join(dir, "new.csv"), []byte(rare.String()[:strings.LastIndexByte(rare.String()[:2000], '\n')+1]))
	got = mnist(t, dir, "eval", "--init=fraud/final.safetensors", "--data=new.csv")
	if got.code != exitOK || !strings.Contains(got.stderr, "loading new.csv?target=fraud\n") ||
		!strings.Contains(got.stderr, "was trained on other samples than those in ") {
		t.Errorf("eval of other rows: got %+v", got)
	}
	got = mnist(t, dir, "train", "--data=rare.csv", "--model=mlp")
	if got.code != exitFailed ||
		!strings.Contains(got.stderr, "no target: want the column to predict, one of a, b, fraud") {
		t.Errorf("without a target: got %+v", got)
	}
}

// A run resumes without the validation part of its data set if it began so, and finds the data of an autoencoder where
// it has moved.
func TestResumeSources(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "table"), 0o777); err != nil {
		t.Fatal(err)
	}
	for file, rows := range map[string]int{"train.csv": 20, "val.csv": 5, "test.csv": 5} {
		write(t, filepath.Join(dir, "table", file), []byte("x,y\n"+strings.Repeat("1,a\n2,b\n", rows)))
	}
	folder := filepath.Join(dir, "sets", "bands")
	if err := os.CopyFS(folder, os.DirFS(bands(t, 3, 8))); err != nil {
		t.Fatal(err)
	}
	for _, args := range []string{
		"--data=table?target=y --model=mlp --valid=none --epochs=1 --quiet --out=a",
		"--data=sets/bands --model=autoencoder --epochs=1 --quiet --out=b",
	} {
		if got := mnist(t, dir, strings.Fields(args)...); got.code != exitOK {
			t.Fatalf("%s: got %+v", args, got)
		}
	}
	if err := os.Rename(folder, filepath.Join(dir, "bands")); err != nil {
		t.Fatal(err)
	}
	for _, run := range []string{"a", "b"} {
		if got := mnist(t, dir, "--resume", run, "--epochs=2", "--quiet"); got.code != exitOK {
			t.Errorf("resume %s: got %+v", run, got)
		}
	}
}
