package weights

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"anneal/internal/torchfile"
)

// headSize is how much of a file is read to see what it is.
const headSize = 1 << 16

// wanted ends the errors about files of something else.
const wanted = "not a safetensors file, nor one that PyTorch's torch.save wrote"

// beginnings maps the first bytes of files to what the files are.
var beginnings = []struct{ bytes, kind string }{
	{"\x89HDF\r\n\x1a\n", "an HDF5 file, such as Keras writes"},
	{"\x93NUMPY", "an array of NumPy (.npy)"},
	{"GGUF", "a GGUF file, such as llama.cpp reads"},
	{"ggml", "a GGML file"},
	{"lmgg", "a GGML file"},
	{"tjgg", "a GGML file"},
	{"fmgg", "a GGML file"},
	{"\x12\x01\x00\x00\x00\x00\x00\x00", "a file of parameters of MXNet"},
	{"\x1f\x8b", "compressed with gzip; unpack it"},
	{"BZh", "compressed with bzip2; unpack it"},
	{"\xfd7zXZ\x00", "compressed with xz; unpack it"},
	{"\x28\xb5\x2f\xfd", "compressed with zstd; unpack it"},
	{"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it"},
	{"Rar!", "a RAR archive; unpack it"},
	{"\x89PNG\r\n\x1a\n", "a picture (PNG)"},
	{"\xff\xd8\xff", "a picture (JPEG)"},
	{"GIF8", "a picture (GIF)"},
	{"II*\x00", "a picture (TIFF)"},
	{"MM\x00*", "a picture (TIFF)"},
	{"%PDF-", "a PDF document"},
	{"\x7fELF", "a program or a library"},
	{"MZ", "a program or a library"},
	{"\xcf\xfa\xed\xfe", "a program or a library"},
	{"\xca\xfe\xba\xbe", "a program or a library"},
	{"SQLite format 3\x00", "a database of SQLite"},
	{"MATLAB ", "a file of MATLAB"},
	{"PAR1", "a table (Parquet)"},
	{"ARROW1", "a table (Arrow)"},
	{"version https://git-lfs", "a pointer of Git LFS and not the file itself; run git lfs pull"},
	{"(dp", "a Python pickle of protocol 0"},
	{"(lp", "a Python pickle of protocol 0"},
	{"ccopy_reg\n", "a Python pickle of protocol 0"},
	{"model_checkpoint_path:", "a part of a checkpoint of TensorFlow"},
}

// endings maps what the names of some files end with to what the files are. Their bytes do not tell.
var endings = []struct{ name, kind string }{
	{".onnx", "an ONNX model"},
	{".index", "a part of a checkpoint of TensorFlow"},
	{".pb", "a graph of TensorFlow"},
	{".tflite", "a model of TensorFlow Lite"},
	{".msgpack", "a msgpack file, such as Flax writes"},
	{".caffemodel", "a model of Caffe"},
	{".mlmodel", "a model of Core ML"},
	{".weights", "a file of weights of Darknet"},
}

var tensorflowPart = regexp.MustCompile(`\.data-\d+-of-\d+$`)

// foreign says what a file is, by its first bytes and if need be by its name. It returns "" for one that may hold
// weights.
func foreign(path string, head []byte) string {
	switch {
	case len(head) == 0:
		return "empty"
	case torchfile.Is(head), mayBeSafetensors(head):
		return ""
	case len(bytes.Trim(head, "\x00")) == 0:
		return "nothing but zeros, as a download or a copy that broke off leaves them"
	}
	for _, b := range beginnings {
		if bytes.HasPrefix(head, []byte(b.bytes)) {
			return b.kind
		}
	}
	at := func(i int, text string) bool { return len(head) > i && bytes.HasPrefix(head[i:], []byte(text)) }
	switch {
	case at(257, "ustar"):
		return "a tar archive; unpack it"
	case at(4, "TFL3"):
		return "a model of TensorFlow Lite"
	case at(0, "RIFF") && at(8, "WEBP"):
		return "a picture (WebP)"
	case at(4, "ftyp"):
		return "a picture or a film (MP4, HEIC)"
	case isIDX(head):
		return "an IDX file, which holds the images or labels of a data set"
	case isONNX(head):
		return "an ONNX model"
	case tensorflowPart.MatchString(path):
		return "a part of a checkpoint of TensorFlow"
	}
	for _, e := range endings {
		if strings.HasSuffix(path, e.name) {
			return e.kind
		}
	}
	if kind := textKind(head); kind != "" {
		return kind
	}
	return fmt.Sprintf("of a kind that is not known: it begins with the bytes % x", head[:min(len(head), 8)])
}

// mayBeSafetensors reports whether the length of a header comes first, and then a header's beginning.
func mayBeSafetensors(head []byte) bool {
	if len(head) < 9 || binary.LittleEndian.Uint64(head) > 100_000_000 {
		return false
	}
	header := bytes.TrimLeft(head[8:], " \t\r\n")
	return len(header) == 0 || header[0] == '{'
}

// isIDX reports whether head is that of an IDX file: two zeros, a type, and a number of dimensions.
func isIDX(head []byte) bool {
	return len(head) >= 8 && head[0] == 0 && head[1] == 0 && head[3] >= 1 && head[3] <= 4 &&
		bytes.IndexByte([]byte{8, 9, 11, 12, 13, 14}, head[2]) >= 0
}

// isONNX reports whether head begins as ONNX's ModelProto: a small version, and then the name of what made the model, a
// table of operators or a graph, of which the first begins with its first node or its name.
func isONNX(head []byte) bool {
	if len(head) < 8 || head[0] != 0x08 || head[1] == 0 || head[1] > 32 {
		return false
	}
	switch head[2] {
	case 0x12: // the producer's name
		n := int(head[3])
		return n < 64 && len(head) > 4+n && isText(head[4:4+n]) &&
			strings.IndexByte("\x1a\x22\x28\x32\x3a\x42", head[4+n]) >= 0
	case 0x3a, 0x42: // the graph, or operators
		return true
	}
	return false
}

// isText reports whether b is text that people read.
func isText(b []byte) bool {
	hidden := func(r rune) bool { return unicode.IsControl(r) && !unicode.IsSpace(r) }
	return utf8.Valid(b) && bytes.IndexFunc(b, hidden) < 0
}

// textKind says what kind of text begins with head, or returns "" if it is none.
func textKind(head []byte) string {
	for n := 0; n < utf8.UTFMax && len(head) > 0 && len(head) >= headSize-utf8.UTFMax && !utf8.Valid(head); n++ {
		head = head[:len(head)-1] // a rune that is cut
	}
	if !isText(head) {
		return ""
	}
	text := strings.TrimSpace(strings.TrimPrefix(string(head), "\ufeff"))
	low := strings.ToLower(text)
	line, _, _ := strings.Cut(text, "\n")
	switch {
	case strings.HasPrefix(low, "<!doctype html"), strings.HasPrefix(low, "<html"):
		return "an HTML page, as a download that failed leaves it"
	case strings.HasPrefix(low, "<?xml"), strings.HasPrefix(low, "<error"):
		return "XML, as a download that failed may leave it"
	case strings.HasPrefix(text, "{") && strings.Contains(text, `"weight_map"`):
		return "the index of weights in several files: name one of these"
	case strings.HasPrefix(text, `{"event":`):
		return "the metrics of a run, whose weights are in final.safetensors beside it"
	case strings.HasPrefix(text, "{"), strings.HasPrefix(text, "["):
		return "JSON"
	case text == "":
		return "empty except for white space"
	}
	return fmt.Sprintf("text, which begins with %.40q", line)
}
