package weights_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"anneal/internal/safetensors"
	"anneal/weights"
)

// The length of a header may look like the beginning of a pickle of protocol 2 to 5.
func TestHeaderLikePickle(t *testing.T) {
	one := safetensors.Tensor{Name: "a", DType: safetensors.U8, Shape: []int{1}, Data: []byte{1}}
	for _, length := range []int{0x280, 0x380, 0x480, 0x580} {
		path := filepath.Join(t.TempDir(), "w")
		for pad := 0; ; pad++ {
			f := &safetensors.File{
				Tensors: []safetensors.Tensor{one}, Metadata: map[string]string{"pad": strings.Repeat("x", pad)},
			}
			content, err := f.Encode()
			if err != nil {
				t.Fatal(err)
			}
			if len(content) < 8+length+1 {
				continue
			}
			if content[0] != 0x80 {
				t.Fatalf("got a header of %d bytes, want %d", len(content)-9, length)
			}
			if err := os.WriteFile(path, content, 0o666); err != nil {
				t.Fatal(err)
			}
			break
		}
		if i, err := weights.Inspect(path); err != nil || i.Format != "safetensors" || len(i.Tensors) != 1 {
			t.Errorf("a header of %d bytes: got %+v, %v", length, i, err)
		}
	}
}
