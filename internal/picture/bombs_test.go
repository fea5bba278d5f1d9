package picture

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/gif"
	"strings"
	"testing"
	"time"

	"golang.org/x/image/bmp"

	"anneal/internal/limittest"
	"anneal/internal/picture/picturetest"
)

func strip(width, height, compression, rows, count uint32) [][]uint32 {
	return [][]uint32{
		{tagWidth, width},
		{tagHeight, height},
		{258, 8},
		{tagCompression, compression},
		{262, 1},
		{tagStripOffsets, 4096},
		{tagRowsPerStrip, rows},
		{tagStripCounts, count},
	}
}

func webpOf(kind, chunk string) []byte { return picturetest.WebP(kind, []byte(chunk)) }

// bombs are files of at most 4 MB that would take long, or much memory. want is what their error says, "" if they are
// pictures.
func bombs(t testing.TB) map[string]struct {
	b    []byte
	want string
} {
	var smallGIF, smallBMP bytes.Buffer
	small := image.NewPaletted(image.Rect(0, 0, 4, 4), nil)
	small.Palette = append(small.Palette, image.White, image.Black)
	if err := errors.Join(gif.Encode(&smallGIF, small, nil), bmp.Encode(&smallBMP, small)); err != nil {
		t.Fatal(err)
	}
	bigGIF, bigBMP := smallGIF.Bytes(), smallBMP.Bytes()
	copy(bigGIF[6:], "\xff\xff\xff\xff")
	copy(bigBMP[18:], "\x00\x00\x00\x40\x00\x00\x00\x40")
	zeros, runs := picturetest.Deflated(128<<20), bytes.Repeat([]byte{0x81, 0}, 2<<20)
	many := make([]byte, 4<<20)
	for i := range len(many) / 4 {
		binary.LittleEndian.PutUint32(many[4*i:], 4096+uint32(i%7))
	}
	type bomb = struct {
		b    []byte
		want string
	}
	return map[string]bomb{
		"PNG of 10⁹ pixels":         {picturetest.PNG(31623, 31623, 8, 0, 0, 1000), "which take 1000014129 bytes"},
		"PNG of 2⁶² pixels":         {picturetest.PNG(1<<31-1, 1<<31-1, 8, 6, 0, 1000), "png picture: "},
		"PNG of a column":           {picturetest.PNG(1, 1<<31-1, 8, 0, 0, 1000), "which take 2147483647 bytes"},
		"PNG of a thin column":      {picturetest.PNG(1, 12<<20, 8, 0, 0, 1000), "want at most 65535 on each side"},
		"PNG with passes":           {picturetest.PNG(5000, 5000, 16, 6, 1, 1000), "which take 400000000 bytes"},
		"PNG, black and white":      {picturetest.PNG(7095, 7095, 1, 0, 0, 1000), "want at most 50331648 pixels in so few"},
		"PNG with too few pixels":   {picturetest.PNG(4000, 4000, 8, 6, 0, 1000), "not enough pixel data"},
		"PNG with too many pixels":  {picturetest.PNG(10, 10, 8, 0, 0, 128<<20), "too much pixel data"},
		"large PNG":                 {picturetest.PNG(4096, 4096, 8, 6, 0, 4096*(1+4*4096)), ""},
		"JPEG of 32767 scans":       {picturetest.JPEG(4096, true, false, 1<<20), "too many visits of its scans"},
		"JPEG of 4 MB of scans":     {picturetest.JPEG(4096, true, true, 4<<20), "too many visits of its scans"},
		"JPEG that refines":         {picturetest.JPEG(4000, true, true, 32_000), ""},
		"JPEG that comes again":     {picturetest.JPEG(2048, false, false, 4<<20), "too many visits of its scans"},
		"JPEG of few scans":         {picturetest.JPEG(2048, false, false, 300<<10), ""},
		"GIF of 65535×65535":        {bigGIF, "which take 8589672450 bytes"},
		"BMP of 2⁶⁰ pixels":         {bigBMP, "which take 1152921504606846976 bytes"},
		"TIFF whose tags are at 4G": {[]byte("II*\x00\xf0\xff\xff\xff"), "tiff picture: "},
		"TIFF of 2⁶⁴ pixels":        {picturetest.TIFF(nil, strip(1<<32-1, 1<<32-1, 1, 1<<32-1, 1)...), "image too large"},
		"TIFF of 2³² pixels":        {picturetest.TIFF(nil, strip(1<<16, 1<<16, 1, 1<<16, 1)...), "which take"},
		"TIFF that deflates": {
			picturetest.TIFF(zeros, strip(16, 16, 8, 1<<32-1, uint32(len(zeros)))...), "becomes more than 65808 bytes",
		},
		"TIFF of PackBits": {
			picturetest.TIFF(runs, strip(16, 16, packBits, 16, uint32(len(runs)))...), "becomes more than 65808 bytes",
		},
		"TIFF of many strips": {
			picturetest.TIFF(many, []uint32{tagWidth, 1}, []uint32{tagHeight, 1 << 20}, []uint32{tagBits, 8},
				[]uint32{tagCompression, 8}, []uint32{262, 1}, []uint32{tagStripOffsets, 4096, 1 << 20},
				[]uint32{tagRowsPerStrip, 1}, []uint32{tagStripCounts, 4096, 1 << 20}), "tag 273 has 1048576 numbers",
		},
		"TIFF whose strips are one": {
			picturetest.TIFF(many, []uint32{tagWidth, 1}, []uint32{tagHeight, 30_000}, []uint32{tagBits, 8},
				[]uint32{tagCompression, 8}, []uint32{262, 1}, []uint32{tagStripOffsets, 4096, 30_000},
				[]uint32{tagRowsPerStrip, 1}, []uint32{tagStripCounts, 4096, 30_000}), "too many strips or tiles",
		},
		"TIFF of one large tile": {
			picturetest.TIFF(nil, []uint32{tagWidth, 16}, []uint32{tagHeight, 16}, []uint32{258, 8}, []uint32{tagCompression, 8},
				[]uint32{262, 1}, []uint32{tagTileWidth, 1 << 31}, []uint32{tagTileLength, 1 << 31},
				[]uint32{tagTileOffsets, 4096}, []uint32{tagTileCounts, 8}), "which take",
		},
		"TIFF that deflates to its pixels": {picturetest.FlatTIFF(2040, 2040, 4, 16, 2040), ""},
		"WebP that is smoothed":            {picturetest.LossyWebP(5100, 5100), "too many pixels"},
		"WebP, lossless":                   {picturetest.FlatWebP(2290, 2290), "too many pixels"},
		"WebP of 16384×16384":              {webpOf("VP8L", "\x2f\xff\xff\xff\x0f\x00"), "which take 2415919104 bytes"},
		"WebP with an alpha":               {webpOf("VP8X", "\x10\x00\x00\x00\xfe\x7f\x00\xfe\xff\x00"), "which take"},
		"WebP of a great size":             {webpOf("VP8X", "\x00\x00\x00\x00\xfe\x7f\x00\xfe\xff\x00"), "which take"},
		"WebP of 2⁴⁸ pixels":               {webpOf("VP8X", "\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff"), "invalid format"},
	}
}

// limits are those that a picture of 4 MB is held to.
var limits = limittest.Limits{Bytes: 200 << 20, Time: time.Second}

// What is small and would take long, or much memory, is refused, and what is not refused is read within the limits.
func TestBombs(t *testing.T) {
	for name, bomb := range bombs(t) {
		allowed := limits
		if bomb.want != "" {
			allowed.Bytes = 100 << 20
		}
		if len(bomb.b) > 4<<20+1<<16 {
			t.Errorf("%s: a test of %d bytes", name, len(bomb.b))
		}
		allowed.Run(t, name, func() {
			_, err := Decode(t.Context(), bomb.b, MaxMemory)
			if bomb.want == "" && err != nil || bomb.want != "" && (err == nil || !strings.Contains(err.Error(), bomb.want)) {
				t.Errorf("%s: got %v, want %q", name, err, bomb.want)
			}
		})
	}
}

// What is refused takes little memory also as the system counts it.
func TestBombsPeak(t *testing.T) {
	peak := limittest.Peak(t, func(t *testing.T) {
		for name, bomb := range bombs(t) {
			if bomb.want == "" {
				continue
			}
			if _, err := Decode(t.Context(), bomb.b, MaxMemory); err == nil {
				t.Errorf("%s: no error", name)
			}
		}
	})
	if peak > 100<<20 {
		t.Errorf("got %d bytes, want at most 100 MB", peak)
	}
	t.Logf("%d MB", peak>>20)
}

// A decoder stops when nobody waits for the picture any more.
func TestDecodeStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, b := range samples(t) {
		if _, err := Decode(ctx, b, MaxMemory); err == nil || !strings.Contains(err.Error(), context.Canceled.Error()) {
			t.Errorf("%s: got %v, want %v", name, err, context.Canceled)
		}
		if _, err := Decode(t.Context(), b, MaxMemory); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
