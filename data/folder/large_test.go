package folder

import (
	"bytes"
	"fmt"
	"image"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/image/bmp"

	"anneal/data"
	"anneal/internal/limittest"
	"anneal/internal/longtest"
)

// A set of 4 GB, as pixels and as files, is loaded and read in a fraction of that memory. Its 27,000 pictures are links
// to a hundred files, so that they take no room on the disk.
func TestLargerThanMemory(t *testing.T) {
	if !longtest.Full() {
		t.Skip("decodes 27,000 pictures: to run it, set ANNEAL_LONG")
	}
	const pictures, side, batch, batches = 27_000, 224, 16, 100
	peak := limittest.Peak(t, func(t *testing.T) {
		dir, random := t.TempDir(), rand.New(rand.NewPCG(1, 2))
		img := image.NewRGBA(image.Rect(0, 0, side, side))
		for i := range pictures {
			file := func(i int) string {
				return filepath.Join(dir, fmt.Sprint("class ", i%10), fmt.Sprintf("%05d.bmp", i))
			}
			if first := i % 100; i != first {
				if err := os.Link(file(first), file(i)); err != nil {
					t.Fatal(err)
				}
				continue
			}
			for at := range img.Pix {
				if img.Pix[at] = byte(random.Uint32()); at%4 == 3 {
					img.Pix[at] = 255
				}
			}
			var b bytes.Buffer
			if err := bmp.Encode(&b, img); err != nil {
				t.Fatal(err)
			}
			write(t, b.Bytes(), file(i))
		}
		sets, err := Load(t.Context(), dir, Options{Test: 100})
		if err != nil {
			t.Fatal(err)
		}
		loader, err := data.NewLoader(sets.Train, data.Options{Batch: batch, Shuffle: true})
		if err != nil {
			t.Fatal(err)
		}
		read := 0
		for b, err := range loader.Epoch(t.Context(), 0, 0) {
			if err != nil {
				t.Fatal(err)
			}
			if read += len(b.Labels); b.Index == batches-1 {
				break
			}
		}
		if bytes := pictures * side * side * 3; bytes < 4_000_000_000 || read != batch*batches {
			t.Errorf("read %d pictures of a set of %d bytes", read, bytes)
		}
	})
	t.Logf("%d MB", peak>>20)
	if peak > 300<<20 {
		t.Errorf("got %d bytes, want at most 300 MB", peak)
	}
}
