package app

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"anneal/data"
	"anneal/internal/longtest"
	"anneal/train"
	"anneal/weights"
)

// garments are the names of four classes.
var garments = []string{"T-shirt/top", "Trouser", "Dress", "Ankle boot"}

// clothes writes a folder of n training and n test images of 28×28 in four named classes: noise, in which class c has a
// band of rows that is a little brighter. Centred and scaled as digits the classes would look alike.
func clothes(t *testing.T, folder string, n int, firstLabel byte) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), folder)
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, uint64(n)))
	for _, part := range []string{"train", "t10k"} {
		images, labels := make([]byte, n*784), make([]byte, n)
		for i := range n {
			class := random.IntN(4)
			labels[i] = firstLabel + byte(class)
			for j := range 784 {
				v := 20 + random.IntN(150)
				if j/28/7 == class {
					v += 18
				}
				images[784*i+j] = byte(v)
			}
		}
		write(t, filepath.Join(dir, part+"-images-idx3-ubyte"), idx([]int{n, 28, 28}, images))
		write(t, filepath.Join(dir, part+"-labels-idx1-ubyte"), idx([]int{n}, labels))
	}
	write(t, filepath.Join(dir, "labels.txt"), []byte(strings.Join(garments, "\n")+"\n"))
	return dir
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// TestOtherData has weights run on data that they are not of.
func TestOtherData(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program several times")
	dir, own, other := t.TempDir(), clothes(t, "wardrobe", 100, 0), clothes(t, "attic", 120, 0)
	run := []string{"--data", own, "--epochs", "1", "--schedule=none", "--out", "run", "--quiet"}
	if got := mnist(t, dir, run...); got.code != exitOK || strings.Contains(got.stderr, "other images") {
		t.Fatalf("got %+v", got)
	}
	both := "run/final.safetensors was trained on other images than those in " + other +
		": on wardrobe, and these are attic"
	for _, c := range []struct {
		args  []string
		level string
	}{
		{[]string{"eval"}, "warning: "},
		{[]string{"recalibrate", "--out=new.safetensors"}, "warning: "},
		{[]string{"export", "--onnx=net.onnx", "--fold"}, "warning: "},
		{[]string{"compare", "--model=lenet-bn", "--seed=1", "--steps=1", "--out=study"}, "warning: "},
		{[]string{"train", "--steps=1", "--out=tuned"}, ""},
		{[]string{"lrfind", "--steps=2", "--plot=a.svg"}, ""},
	} {
		args := append(c.args, "--init=run/final.safetensors", "--data="+other)
		if got := mnist(t, dir, args...); !strings.Contains(got.stderr, "\n"+c.level+both) {
			t.Errorf("%v: got %+v, want %s%s", args, got, c.level, both)
		}
		args[len(args)-1] = "--data=" + own
		args = slices.DeleteFunc(args, func(a string) bool { return strings.HasPrefix(a, "--out") })
		if c.args[0] == "recalibrate" || c.args[0] == "train" || c.args[0] == "compare" {
			args = append(args, "--out="+c.args[0]+"-own")
		}
		if got := mnist(t, dir, args...); strings.Contains(got.stderr, "other images") {
			t.Errorf("%v: got %+v, want no word of other images", args, got)
		}
	}
	// The statistics that normalise are those of the training, whatever the images.
	pair := must(data.Load(t.Context(), other))
	mine := must(data.Load(t.Context(), own))
	set := must(pair.Test.Normalised(mine.Train.Facts().Mean, mine.Train.Facts().Std))
	var model modelFlag
	if err := model.UnmarshalText([]byte("lenet-bn(classes=4)")); err != nil {
		t.Fatal(err)
	}
	e := must(train.NewEvaluator(model.draw, nil, set, 200))
	if err := weights.Load(filepath.Join(dir, "run", "final.safetensors"), e.Params()); err != nil {
		t.Fatal(err)
	}
	want := must(e.Run(t.Context()))
	got := mnist(t, dir, "eval", "--init=run/final.safetensors", "--data", other)
	if !strings.HasPrefix(got.stdout, fmt.Sprintf("test loss %.6f,", want.Loss)) {
		t.Errorf("got %+v, want loss %.6f", got, want.Loss)
	}
	// With neither, the run's own folder.
	got = mnist(t, dir, "eval", "--init=run/final.safetensors")
	if !strings.Contains(got.stdout, "/100)") || !strings.Contains(got.stderr, "was trained on wardrobe") {
		t.Errorf("got %+v", got)
	}
	// A run resumes only on its own data, which may have moved.
	moved := filepath.Join(t.TempDir(), "moved")
	if err := os.Rename(own, moved); err != nil {
		t.Fatal(err)
	}
	if got := mnist(t, dir, "--resume=run", "--epochs=2", "--data", other); got.code != exitFailed ||
		!strings.Contains(got.stderr, "attic") || !strings.Contains(got.stderr, "wardrobe") {
		t.Errorf("got %+v", got)
	}
	if got := mnist(t, dir, "--resume=run", "--epochs=2", "--data", moved, "--quiet"); got.code != exitOK {
		t.Errorf("got %+v", got)
	}
	if i := must(weights.Inspect(filepath.Join(dir, "run", "final.safetensors"))); i.Data.Name != "wardrobe" {
		t.Errorf("got %+v", i.Data)
	}
}

// TestForeignWeights has a file that says nothing about its network's data.
func TestForeignWeights(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program several times")
	dir, set := t.TempDir(), clothes(t, "wardrobe", 100, 0)
	var model modelFlag
	if err := model.UnmarshalText([]byte("lenet-bn")); err != nil {
		t.Fatal(err)
	}
	trained := "../../../deploy/predict/testdata/lenet-bn.safetensors"
	params := must(weights.LoadModel(trained, model.draw, [3]int{1, 28, 28}))
	if err := weights.Save(filepath.Join(dir, "foreign.safetensors"), params); err != nil {
		t.Fatal(err)
	}
	digit := absolute("../../../deploy/predict/testdata/digit.png")
	blank := pictures(t, must(data.Load(t.Context(), set)).Test, 1)[0]
	for _, c := range []struct {
		args           []string
		code           int
		stdout, stderr string // parts
	}{
		{
			[]string{"predict", digit},
			exitOK, "  7 ",
			"assumed: pixels normalised as MNIST's, with mean 0.1307 and std 0.3081 (--mean, --std), and pictures of digits",
		},
		{
			[]string{"predict", "--mean=0.1307", "--std=0.3081", digit},
			exitOK, "  7 ",
			"assumed: pictures of digits, which are centred and scaled (--preprocess)",
		},
		{[]string{"predict", "--mean=0.1307", "--std=0.3081", "--preprocess=digit", digit}, exitOK, "  7 ", ""},
		{[]string{"predict", "--mean=0.5", "--std=0.5", "--preprocess=none", blank}, exitOK, "P(9)", ""},
		{
			[]string{
				"predict", "--mean=0.5", "--std=0.5", "--preprocess=none", "--classes=" + filepath.Join(set, "labels.txt"), blank,
			},
			exitOK, "P(Ankle boot)", "",
		},
		{[]string{"predict", "--mean=0.5", digit}, exitFailed, "", "--mean has 1 number and --std 0: give both"},
		{[]string{"predict", "--mean=1,1,1", "--std=1,1,1", digit}, exitFailed, "", "want one per channel"},
		{[]string{"predict", "--mean=33.3", "--std=78.6", digit}, exitUsage, "", `--mean: got "33.3", want means of pixels`},
		{
			[]string{"predict", "--preprocess=centre", digit},
			exitUsage, "",
			`--preprocess: got "centre", want digit, none or crop`,
		},
		{[]string{"predict", "--classes=a,,b", digit}, exitUsage, "", "name 2 is empty"},
		{
			[]string{"predict", "--classes=1,2,3,4,5,6,7,8,9,10,11", digit},
			exitFailed, "",
			"--classes has 11 names and the network tells 10 classes apart",
		},
		{[]string{"predict", "--shape=3,28,28", digit}, exitFailed, "", "conv1.weight has shape"},
		{
			[]string{"eval", "--data", set},
			exitOK, "test loss",
			"foreign.safetensors does not say how pixels were normalised: taken to be as here, with mean 0.3",
		},
		{[]string{"eval", "--data", set, "--mean=0.1307", "--std=0.3081"}, exitOK, "test loss", ""},
		{[]string{"eval", "--data", set, "--per-class"}, exitOK, "as Ankle boot", "taken to be as here"},
		{
			[]string{"recalibrate", "--data", set, "--out=new.safetensors", "--mean=0.4", "--std=0.2", "--classes=a,b,c,d"},
			exitOK, "new.safetensors", "",
		},
	} {
		args := append(c.args, "--init=foreign.safetensors", "--model=lenet-bn")
		got := mnist(t, dir, args...)
		if got.code != c.code || !strings.Contains(got.stdout, c.stdout) || !strings.Contains(got.stderr, c.stderr) ||
			c.stderr == "" && strings.Contains(got.stderr, "say") {
			t.Errorf("%v: got %+v, want code %d, %s and %s", args, got, c.code, c.stdout, c.stderr)
		}
	}
	i := must(weights.Inspect(filepath.Join(dir, "new.safetensors")))
	if i.Data == nil || i.Data.Mean != 0.4 || i.Data.Std != 0.2 || fmt.Sprint(i.Data.ClassNames) != "[a b c d]" {
		t.Errorf("got %+v", i.Data)
	}
}

// TestTooManyClasses has labels that the model has no logits for.
func TestTooManyClasses(t *testing.T) {
	dir := clothes(t, "letters", 60, 8) // labels from 8 to 11
	if err := os.Remove(filepath.Join(dir, "labels.txt")); err != nil {
		t.Fatal(err)
	}
	got := mnist(t, t.TempDir(), "--data", dir, "--quiet", "--model=lenet-bn(classes=10)")
	if want := "the data has 12 classes and the model tells 10 apart: labels run from 8 to 11; " +
		"want at least as many logits as classes: 12 logits, or 4 and labels that begin with 0"; got.code != exitFailed ||
		!strings.Contains(got.stderr, want) {
		t.Errorf("got %+v, want %s", got, want)
	}
}
