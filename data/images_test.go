package data

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// folder writes a data set of two training and one test image of 1×2 pixels; change may alter a file's content before.
func folder(t testing.TB, change func(name string, content []byte) []byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string][]byte{
		"train-images-idx3-ubyte":    idxFile([]byte{0, 255, 51, 102}, 2, 1, 2),
		"train-labels.idx1-ubyte":    idxFile([]byte{4, 1}, 2),
		"t10k-images-idx3-ubyte.gz":  zipped(t, idxFile([]byte{0, 51}, 1, 1, 2)),
		"t10k-labels.idx1-ubyte.gz":  zipped(t, idxFile([]byte{2}, 1)),
		"train-images-idx3-ubyte.md": nil,
	} {
		if change != nil {
			content = change(name, content)
		}
		if content != nil {
			write(t, filepath.Join(dir, name), content)
		}
	}
	return dir
}

func TestLoadFolder(t *testing.T) {
	dir := folder(t, nil)
	p, err := Load(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if p.Folder != dir || p.Train.Len() != 2 || p.Test.Len() != 1 || p.Train.Shape() != [3]int{1, 1, 2} ||
		p.Train.Classes() != 5 || p.Test.Classes() != 5 {
		t.Errorf("got %+v", p)
	}
	// The pixels 0, 1, 0.2 and 0.4 have mean 0.4 and standard deviation sqrt(0.14).
	if p.Train.Mean() != 0.4 || p.Train.Std() != 0.3742 || p.Test.Mean() != 0.4 || p.Test.Std() != 0.3742 {
		t.Errorf("mean %v, std %v; test %v, %v", p.Train.Mean(), p.Train.Std(), p.Test.Mean(), p.Test.Std())
	}
	x := make([]float32, 2)
	if label, _ := p.Train.Read(1, x); label != 1 || !(math.Abs(float64(x[0])+0.2/0.3742) <= 1e-6) ||
		!(math.Abs(float64(x[1])) <= 1e-6) {
		t.Errorf("got %v, label %d", x, label)
	}
	if label, _ := p.Test.Read(0, x); label != 2 || x[0] != p.Test.Background() {
		t.Errorf("got %v, label %d", x, label)
	}
}

func TestLoadErrors(t *testing.T) {
	for _, c := range []struct{ file, content, want string }{
		{
			"train-images-idx3-ubyte", "",
			"train-images-idx3-ubyte: no such file among t10k-images-idx3-ubyte.gz, t10k-labels.idx1-ubyte.gz, " +
				"train-labels.idx1-ubyte, want train-images",
		},
		{"t10k-labels.idx1-ubyte.gz", "", "t10k-labels-idx1-ubyte: no such file among"},
		{
			"train-labels.idx1-ubyte", string(idxFile([]byte{1, 2, 3}, 3)),
			"train-labels.idx1-ubyte: labels: got 3, want 2, one for each image of ",
		},
		{
			"t10k-labels.idx1-ubyte.gz", string(idxFile([]byte{5}, 1)),
			"t10k-labels.idx1-ubyte.gz: label 0: got 5, want 0 to 4 as in ",
		},
		{
			"t10k-images-idx3-ubyte.gz", string(idxFile([]byte{5}, 1, 1, 1)),
			"t10k-images-idx3-ubyte.gz: shape of an image: got [1 1 1], want [1 1 2] as in ",
		},
		{"train-images-idx3-ubyte", "xyz", "train-images-idx3-ubyte: magic: got 3 bytes"},
	} {
		dir := folder(t, func(name string, content []byte) []byte {
			if name != c.file {
				return content
			}
			if c.content == "" {
				return nil
			}
			return []byte(c.content)
		})
		_, err := Load(context.Background(), dir)
		if err == nil || !strings.HasPrefix(err.Error(), dir) || !strings.Contains(err.Error(), c.want) ||
			strings.Contains(err.Error(), "\n") {
			t.Errorf("got %v, want one line with %q", err, c.want)
		}
	}
	none := filepath.Join(t.TempDir(), "none")
	if _, err := Load(context.Background(), none); err == nil ||
		!strings.HasPrefix(err.Error(), none+": no such folder, want one with train-images") {
		t.Errorf("got %v", err)
	}
	file := write(t, filepath.Join(t.TempDir(), "file"), nil)
	if _, err := Load(context.Background(), file); err == nil || !strings.Contains(err.Error(), "want a folder with") {
		t.Errorf("got %v", err)
	}
	if _, err := Load(context.Background(), t.TempDir()); err == nil ||
		!strings.Contains(err.Error(), "none (the folder is empty)") {
		t.Errorf("got %v", err)
	}
	many := t.TempDir()
	for i := range 12 {
		write(t, filepath.Join(many, fmt.Sprintf("f%02d", i)), nil)
	}
	if _, err := Load(context.Background(), many); err == nil || !strings.Contains(err.Error(), "f09 and 2 more") {
		t.Errorf("got %v", err)
	}
}

func TestChannels(t *testing.T) {
	dir := folder(t, func(name string, content []byte) []byte {
		switch {
		case strings.HasPrefix(name, "train-images"):
			return idxFile(make([]byte, 2*3*4*5), 2, 3, 4, 5)
		case strings.HasPrefix(name, "t10k-images"):
			return idxFile(make([]byte, 3*4*5), 1, 3, 4, 5)
		}
		return content
	})
	p, err := Load(context.Background(), dir)
	if err != nil || p.Train.Shape() != [3]int{3, 4, 5} || p.Train.Mean() != 0 || p.Train.Std() != 1 { // all alike
		t.Errorf("got %+v, %v", p, err)
	}
}

// The sum is PyTorch 1.13's, by the steps of torchvision's ToTensor and Normalize:
//
//	x = torch.arange(256, dtype=torch.uint8).to(torch.float32).div(255)
//	x = x.sub_(torch.tensor([0.1307])).div_(torch.tensor([0.3081]))
//	hashlib.sha256(x.numpy().tobytes()).hexdigest()
func TestNormalisedAsPyTorch(t *testing.T) {
	var pixels []byte
	for b := range 256 {
		pixels = append(pixels, byte(b))
	}
	d := &Images{pixels: pixels}
	counts := NewPixelCounts(1)
	counts.Add(pixels)
	if mean, std := counts.Statistics(); mean[0] != 0.5 || std[0] != 0.2898 {
		t.Errorf("mean %v, std %v", mean, std)
	}
	const want = "0103dbab6b16bfcaea0aa75d7377b4b22bb6792081600921bee4a17ff9c4d33e"
	d, err := d.Normalised([]float64{0.1307}, []float64{0.3081})
	if err != nil {
		t.Fatal(err)
	}
	var raw []byte
	for _, v := range d.tables[0] {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	if got := fmt.Sprintf("%x", sha256.Sum256(raw)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestMemory(t *testing.T) {
	shape := [3]int{1, 1, 2}
	m, err := NewMemory(shape, 3, []float32{1, 2, 3, 4}, []int32{2, 0})
	if err != nil || m.Len() != 2 || m.Shape() != shape || m.Classes() != 3 {
		t.Fatalf("got %+v, %v", m, err)
	}
	x := make([]float32, 2)
	if label, _ := m.Read(1, x); label != 0 || x[0] != 3 || x[1] != 4 {
		t.Errorf("got %v, label %d", x, label)
	}
	one, err := Limit(m, 1)
	if err != nil || one.Len() != 1 || one.Classes() != 3 || background(one) != 0 {
		t.Errorf("got %+v, %v", one, err)
	}
	if label, err := one.Read(0, x); label != 2 || err != nil {
		t.Errorf("got label %d, %v", label, err)
	}
	if all, err := Limit(m, 2); err != nil || all != Dataset(m) {
		t.Errorf("got %v, %v, want the set itself", all, err)
	}
	if all, err := Limit(m, 99); err != nil || all.Len() != 2 {
		t.Errorf("got %+v, %v", all, err)
	}

	nan := float32(math.NaN())
	for want, make := range map[string]func() (*Memory, error){
		"shape: got [1 0 2]": func() (*Memory, error) { return NewMemory([3]int{1, 0, 2}, 3, nil, nil) },
		"classes: got 0":     func() (*Memory, error) { return NewMemory(shape, 0, []float32{1, 2}, []int32{0}) },
		"labels: got none":   func() (*Memory, error) { return NewMemory(shape, 1, nil, nil) },
		"pixels: got 3, want 4": func() (*Memory, error) {
			return NewMemory(shape, 1, []float32{1, 2, 3}, []int32{0, 0})
		},
		"label of sample 1: got 1": func() (*Memory, error) {
			return NewMemory(shape, 1, []float32{1, 2, 3, 4}, []int32{0, 1})
		},
		"label of sample 0: got -1": func() (*Memory, error) {
			return NewMemory(shape, 1, []float32{1, 2}, []int32{-1})
		},
		"pixel 1 of sample 1: got NaN": func() (*Memory, error) {
			return NewMemory(shape, 1, []float32{1, 2, 3, nan}, []int32{0, 0})
		},
		"limit: got 0, want at least 1":  func() (*Memory, error) { _, err := Limit(m, 0); return nil, err },
		"limit: got -5, want at least 1": func() (*Memory, error) { _, err := Limit(m, -5); return nil, err },
	} {
		if _, err := make(); err == nil || !strings.HasPrefix(err.Error(), "data: "+want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func ExampleLoad() {
	p, err := Load(context.Background(), "")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Train.Len(), p.Test.Len(), p.Train.Shape(), p.Train.Classes(), p.Train.Mean(), p.Train.Std())

	x := make([]float32, 28*28)
	label, err := p.Train.Read(0, x)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("the first is a", label)
	// Output:
	// 60000 10000 [1 28 28] 10 0.1307 0.3081
	// the first is a 5
}

// An error reaches a user as one line with what is wrong, where, and what is right.
func ExampleLoad_error() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	os.WriteFile(filepath.Join(dir, "train-images-idx3-ubyte"), nil, 0o666)

	_, err = Load(context.Background(), dir)
	lines := strings.NewReplacer(dir, "DIR", " among ", "\namong ", ", want ", ",\nwant ", ", each", ",\neach")
	fmt.Println(lines.Replace(err.Error()))
	// Output:
	// DIR: train-labels-idx1-ubyte: no such file
	// among train-images-idx3-ubyte,
	// want train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte,
	// each plain or .gz
}
