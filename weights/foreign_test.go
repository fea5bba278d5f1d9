package weights_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"anneal/deploy/export"
	"anneal/graph"
	"anneal/models"
	"anneal/weights"
)

// archive returns a zip archive of files with these names.
func archive(t *testing.T, names ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
		if _, err := z.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func zipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// The error about a file of something else says what the file is, under any name, in one line.
func TestForeignFiles(t *testing.T) {
	params := graph.NewParams(1, tensor.Float32)
	var ours strings.Builder
	if err := export.ONNX(&ours, models.MLP, params, []int{1, 28, 28}, export.Options{}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ content, want string }{
		{"", "it is empty: not a safetensors file, nor one that"},
		{strings.Repeat("\x00", 5000), "nothing but zeros"},
		{"\x89HDF\r\n\x1a\n\x00\x00\x00\x00\x00\x08\x08\x00", "an HDF5 file, such as Keras writes"},
		{"\x93NUMPY\x01\x00v\x00{'descr': '<f4'", "an array of NumPy"},
		{archive(t, "arr_0.npy", "w.npy"), "an archive of NumPy's arrays (.npz)"},
		{archive(t, "model/data.pkl", "model/code/__torch__.py", "model/constants.pkl"), "a TorchScript archive"},
		{archive(t, "metadata.json", "config.json", "model.weights.h5"), "a Keras file"},
		{archive(t, "m/archive_format", "m/models/model.json"), "a program that torch.export saved"},
		{archive(t, "[Content_Types].xml", "word/document.xml"), "a document of Office"},
		{archive(t, "train-images"), `a zip archive of other files, such as "train-images"`},
		{"GGUF\x03\x00\x00\x00\x01\x00\x00\x00", "a GGUF file"},
		{ours.String(), "an ONNX model"},
		{"\x08\x08\x12\x07pytorch\x1a\x052.4.0:\xf0\x01", "an ONNX model"},
		{"\x08\x07\x12\x0cskl2onnx\x00\x00\x00\x00", "not known: it begins with the bytes 08 07"},
		{"\x1c\x00\x00\x00TFL3\x14\x00", "a model of TensorFlow Lite"},
		{zipped(t, "weights"), "compressed with gzip"},
		{"BZh91AY&SY", "compressed with bzip2"},
		{"\x28\xb5\x2f\xfd\x04\x00", "compressed with zstd"},
		{"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a picture (PNG)"},
		{"\xff\xd8\xff\xe0\x00\x10JFIF", "a picture (JPEG)"},
		{"%PDF-1.7\n", "a PDF document"},
		{"\x00\x00\x08\x03\x00\x00\xea\x60\x00\x00\x00\x1c", "an IDX file, which holds the images or labels"},
		{"\x7fELF\x02\x01\x01", "a program or a library"},
		{"<!DOCTYPE html>\n<html><head><title>404", "an HTML page, as a download that failed leaves it"},
		{"\n  <HTML>Sign in", "an HTML page"},
		{"<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code>", "XML, as a download that failed"},
		{"version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 12\n", "a pointer of Git LFS"},
		{`{"event":"step","epoch":1,"step":100}` + "\n", "the metrics of a run, whose weights are in final.safetensors"},
		{`{"metadata":{},"weight_map":{"a":"model-00001.safetensors"}}`, "the index of weights in several files"},
		{"{\n \"model\": \"lenet\"\n}", "is JSON: not"},
		{"[1, 2]", "is JSON: not"},
		{"model_checkpoint_path: \"ckpt-1\"", "a part of a checkpoint of TensorFlow"},
		{"epoch,loss\n1,0.5\n", `is text, which begins with "epoch,loss"`},
		{"größe\x1b[31m", "not known"},
		{" \n\n", "empty except for white space"},
		{"(dp0\nS'w'\n", "a Python pickle of protocol 0"},
		{"\x80\x04\x95\x05\x00\x00\x00\x00\x00\x00\x00}\x94.", "a Python pickle that torch.save has not written"},
		{"PK\x03\x04\x00\x00", "not a file of torch.save, or truncated"},
		{"\x12\x34\x56\x78\x9a\xbc\xde\xf0\x11\x22", "of a kind that is not known: it begins with the bytes 12 34 56 78"},
		{strings.Repeat("x", 256) + "\x00ustar  \x00", "a tar archive"},
	} {
		for _, name := range []string{"w.pt", "w.safetensors", "w.bin", "w"} {
			path := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(path, []byte(c.content), 0o666); err != nil {
				t.Fatal(err)
			}
			err := weights.Load(path, params)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) ||
				strings.ContainsAny(err.Error(), "\n\x1b") {
				t.Errorf("%.20q as %s: got %v, want %s", c.content, name, err, c.want)
			}
			if _, err := weights.Inspect(path); err == nil || strings.Contains(err.Error(), "train:") {
				t.Errorf("%.20q as %s: Inspect: %v", c.content, name, err)
			}
		}
	}
	for name, want := range map[string]string{
		"model.onnx": "an ONNX model", "model.ckpt.index": "a checkpoint of TensorFlow",
		"model.ckpt.data-00000-of-00001": "a checkpoint of TensorFlow", "flax_model.msgpack": "such as Flax writes",
	} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte("\x91\x92\x93\x94\x95\x96\x97\x98\x99\xff"), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := weights.Load(path, params); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", name, err, want)
		}
	}
}

func TestFolders(t *testing.T) {
	dir := t.TempDir()
	params := graph.NewParams(1, tensor.Float32)
	for _, want := range []string{
		dir + ": it is a folder, without files of weights in it",
		dir + ": it is a folder: name a file in it, such as " + filepath.Join(dir, "final.safetensors"),
		dir + ": it is a folder with a SavedModel of TensorFlow",
	} {
		if err := weights.Load(dir, params); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
		name := "final.safetensors"
		if strings.Contains(want, "such as") {
			name = "saved_model.pb"
		}
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// Of several dicts that fit none is taken silently, and each can be named.
func TestLoadFromSeveralDicts(t *testing.T) {
	const file = "testdata/two.pt"
	err := weights.Load(file, ptParams(t))
	want := `holds 2 dicts that fit the model: at "ema", at "state_dict"; choose one, such as testdata/two.pt#state_dict`
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v\nwant %s", err, want)
	}
	for dict, want := range map[string]float64{"ema": 2, "state_dict": 1} {
		params := ptParams(t)
		if err := weights.Load(file+"#"+dict, params); err != nil {
			t.Error(err)
		}
		if got := bits(params.Lookup("conv.bias").Value())[0]; got != want {
			t.Errorf("%s: got %v, want %v", dict, got, want)
		}
	}
	err = weights.Load(file+"#more", ptParams(t))
	want = `no dict of tensors at "more", but at "ema", "state_dict"`
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
	i, err := weights.Inspect(file)
	if err != nil || len(i.Tensors) != 18 || i.Tensors[0].Name != "ema#conv.weight" {
		t.Errorf("got %v, %v", i, err)
	}
	if i, err = weights.Inspect(file + "#ema"); err != nil || len(i.Tensors) != 9 || i.Tensors[0].Name != "conv.weight" {
		t.Errorf("got %v, %v", i, err)
	}

	// The error is about the dict that fits best.
	params := graph.NewParams(3, tensor.Float32)
	if _, err := graph.Compile(ptModel(4), params, graph.Config{Mode: graph.Eval, Shape: []int{1, 1, 4, 4}}); err != nil {
		t.Fatal(err)
	}
	err = weights.Load("../internal/torchfile/testdata/everything.pt", params)
	for _, want := range []string{
		`at "state_dict" does not fit the model: fc.weight has shape [3 8], want [4 8]; fc.bias has shape [3], want [4]; nor`,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v\nwant %s", err, want)
		}
	}
	if text := fmt.Sprint(err); len(text) > 600 {
		t.Errorf("the error has %d characters: %s", len(text), text)
	}
}
