package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"

	"anneal/data"
	"anneal/graph"
	"anneal/internal/longtest"
	"anneal/internal/safetensors"
	"anneal/runs"
	"anneal/schedules"
	"anneal/solvers"
	"anneal/train"
)

// asResidual is set in the environment of the test's own binary when it is to train residual in the working directory.
const asResidual = "MNIST_TEST_AS_RESIDUAL"

// TestBits trains the runs of testdata/bits.tsv, which together use every kernel, and compares the SHA-256 of their
// weights. A line names the kernels, the run's arguments and the hash. In the arguments, MNIST is a folder with the
// data set and only 100 of its test images, and SMALL is a data set of 120 images. AVX2 and AVX-512 compute the same
// bits, and so share a hash.
//
// A change that is meant to change bits says so in its commit and writes the table again from what this test prints.
func TestBits(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("the table was computed on amd64; elsewhere the compiler fuses multiplications and additions")
	}
	longtest.SkipIfShort(t, "trains dozens of networks")
	folders := strings.NewReplacer("MNIST", fewTests(t, 100), "SMALL", dataset(t, 120, 28))
	missing := regexp.MustCompile(`this machine and build have`)
	table := string(content(t, "testdata", "bits.tsv"))
	if table == "" {
		t.Fatal("testdata/bits.tsv is empty")
	}
	for line := range strings.Lines(table) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		if len(fields) != 3 {
			t.Fatalf("testdata/bits.tsv: got line %q, want kernels, arguments and a hash between tabs", line)
		}
		kernels, args, want := fields[0], fields[1], fields[2]
		t.Run(kernels+" "+args, func(t *testing.T) {
			dir := t.TempDir()
			c := command(t, dir, append(strings.Fields(folders.Replace(args)), "--out", "run", "--quiet")...)
			c.Env = append(c.Env, "ANNEAL_KERNELS="+kernels)
			if args == "residual" {
				c.Env = append(c.Env, asResidual+"=1")
			}
			got := finish(t, c)
			if missing.MatchString(got.stderr) {
				t.Skip(got.stderr)
			}
			if got.code != 0 || got.stderr != "" {
				t.Fatalf("got %+v", got)
			}
			if hash := weightsHash(t, filepath.Join(dir, "run", runs.FinalFile)); hash != want {
				t.Errorf("%s\t%s\t%s\nwant hash %s", kernels, args, hash, want)
			}
		})
	}
}

// weightsHash returns the SHA-256 of the tensors in a file: their names, types, shapes and bytes, in the file's order.
// What the file says about its run is not in it.
func weightsHash(t *testing.T, path string) string {
	t.Helper()
	f, err := safetensors.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.New()
	for _, x := range f.Tensors {
		fmt.Fprintln(sum, x.Name, x.DType, x.Shape)
		sum.Write(x.Data)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// fewTests writes a folder with MNIST's training images and its first n test images. On plain Go, an evaluation on all
// 10,000 takes longer than the training.
func fewTests(t *testing.T, n int) string {
	t.Helper()
	pair, err := data.Load(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	dir, x := t.TempDir(), make([]float32, 28*28)
	for part, set := range map[string]*data.Images{"train": pair.Train, "t10k": pair.Test} {
		count := set.Len()
		if part == "t10k" {
			count = n
		}
		var images, labels []byte
		for i := range count {
			label, err := set.Read(i, x)
			if err != nil {
				t.Fatal(err)
			}
			labels = append(labels, byte(label))
			for _, v := range x {
				images = append(images, byte(math.Round(255*(set.Std()*float64(v)+set.Mean()))))
			}
		}
		write(t, filepath.Join(dir, part+"-images-idx3-ubyte"), idx([]int{count, 28, 28}, images))
		write(t, filepath.Join(dir, part+"-labels-idx1-ubyte"), idx([]int{count}, labels))
	}
	return dir
}

// trainResidual trains residual on a few images of MNIST, into the folder run.
func trainResidual() error {
	pair, err := data.Load(context.Background(), "")
	if err != nil {
		return err
	}
	some, err := data.Limit(pair.Train, 200)
	if err != nil {
		return err
	}
	few, err := data.Limit(pair.Test, 100)
	if err != nil {
		return err
	}
	_, err = train.Run(context.Background(), train.Config{
		Model: residual, Name: "residual", Train: some, Test: few,
		Settings: train.Settings{Epochs: 2, Batch: 24, Seed: 1}, Dir: "run",
		Solver: solvers.SGD{LR: 0.05, Momentum: 0.9}, Schedule: schedules.Constant{},
	})
	return err
}

// residual has convolutions of every kind: direct ones of 5×5, 3×3 ones large enough for Winograd's algorithm, 1×1, of
// stride 2, in groups, depthwise and dilated, and pooling of every kind.
func residual(b *graph.Builder, x *graph.Node) *graph.Node {
	norm := func(name string, h *graph.Node) *graph.Node { return b.BatchNorm(name+"_bn", h) }
	conv := func(name string, h *graph.Node, channels, kernel int, options ...graph.ConvOption) *graph.Node {
		return norm(name, b.Conv2D(name, h, channels, kernel, append(options, graph.NoBias())...))
	}
	h := b.ReLU(conv("stem", x, 16, 5, graph.Padding(2)))
	a := b.ReLU(conv("a1", h, 32, 3, graph.Padding(1), graph.Stride(2)))
	a = conv("a2", a, 32, 3, graph.Padding(1))
	h = b.ReLU(b.Try(gorgonia.Add(a, conv("skip", h, 32, 1, graph.Stride(2)))))
	a = b.ReLU(conv("b1", h, 32, 3, graph.Padding(1), graph.Groups(32)))
	a = conv("b2", a, 32, 1)
	h = b.ReLU(b.Try(gorgonia.Add(a, h)))
	h = b.MaxPool2D(b.ReLU(conv("c1", h, 64, 3, graph.Padding(1))), 2)
	h = b.ReLU(conv("d1", h, 64, 3, graph.Padding(1), graph.Groups(64), graph.Stride(2)))
	h = b.ReLU(b.Conv2D("d2", h, 48, 3, graph.Padding(2), graph.Dilation(2), graph.Groups(4)))
	h = b.MaxPool2D(h, 3, graph.Stride(1), graph.Padding(1))
	h = b.Dropout("drop", b.AvgPool2D(h, 2, graph.Stride(1)), 0.1)
	h = b.ReLU(b.BatchNorm("fc1_bn", b.Linear("fc1", b.Flatten(h), 72)))
	return b.Linear("fc2", h, 10)
}

// beResidual trains residual if this is the process for it.
func beResidual() {
	if os.Getenv(asResidual) == "" {
		return
	}
	if err := trainResidual(); err != nil {
		fmt.Fprintln(os.Stderr, filepath.Base(os.Args[0])+":", err)
		os.Exit(1)
	}
	os.Exit(0)
}
