package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"image"
	"io"
	"math"
	"slices"

	"golang.org/x/image/tiff/lzw"
)

// Tags of a TIFF (TIFF 6.0, section 8).
const (
	tagWidth        = 256
	tagHeight       = 257
	tagBits         = 258
	tagCompression  = 259
	tagStripOffsets = 273
	tagOrientation  = 274
	tagRowsPerStrip = 278
	tagStripCounts  = 279
	tagTileWidth    = 322
	tagTileLength   = 323
	tagTileOffsets  = 324
	tagTileCounts   = 325
)

// decoded lists the tags that the decoder reads.
var decoded = []uint16{
	tagWidth, tagHeight, tagBits, tagCompression, 262, 266, tagStripOffsets, tagRowsPerStrip, tagStripCounts, 292, 293,
	317, 320, tagTileWidth, tagTileLength, tagTileOffsets, tagTileCounts, 338, 339,
}

// Compressions.
const (
	compressedLZW = 5
	deflate       = 8
	packBits      = 32773
	deflateOld    = 32946
)

// maxBlocks is how many strips or tiles a TIFF may have. Each begins a stream of its own, which takes up to 20 µs.
const maxBlocks = 1 << 15

// directory is the first directory of a TIFF structure.
type directory struct {
	b       []byte
	order   binary.ByteOrder
	entries []byte // of 12 bytes each
}

// directoryOf returns the first directory of a TIFF structure, false if there is none.
func directoryOf(b []byte) (directory, bool) {
	if len(b) < 8 {
		return directory{}, false
	}
	d := directory{b: b, order: binary.LittleEndian}
	if b[0] == 'M' {
		d.order = binary.BigEndian
	}
	at := uint64(d.order.Uint32(b[4:]))
	if at+2 > uint64(len(b)) {
		return directory{}, false
	}
	d.entries = b[at+2:]
	n := min(12*int(d.order.Uint16(b[at:])), len(d.entries)/12*12)
	d.entries = d.entries[:n]
	return d, true
}

// find returns the entry of a tag, nil if there is none.
func (d directory) find(tag uint16) []byte {
	for entry := range slices.Chunk(d.entries, 12) {
		if d.order.Uint16(entry) == tag {
			return entry
		}
	}
	return nil
}

// numbers returns the whole numbers of an entry, none if they are not all in the file.
func (d directory) numbers(tag uint16) (list []int64) {
	entry := d.find(tag)
	if entry == nil {
		return nil
	}
	size := map[uint16]uint64{1: 1, 3: 2, 4: 4}[d.order.Uint16(entry[2:])]
	total := size * uint64(d.order.Uint32(entry[4:]))
	raw := entry[8:]
	if total > 4 {
		raw = d.b[min(uint64(d.order.Uint32(raw)), uint64(len(d.b))):]
	}
	if total == 0 || total > uint64(len(raw)) {
		return nil
	}
	for one := range slices.Chunk(raw[:total], int(size)) {
		switch size {
		case 1:
			list = append(list, int64(one[0]))
		case 2:
			list = append(list, int64(d.order.Uint16(one)))
		default:
			list = append(list, int64(d.order.Uint32(one)))
		}
	}
	return list
}

// number returns the first whole number of an entry, 0 if it has none.
func (d directory) number(tag uint16) int64 {
	if list := d.numbers(tag); len(list) > 0 {
		return list[0]
	}
	return 0
}

// checkTIFF returns an error if an entry that the decoder reads has too many numbers. It makes room for them all, eight
// bytes for each, and many entries may have the same bytes of the file.
func checkTIFF(b []byte) error {
	d, _ := directoryOf(b)
	for entry := range slices.Chunk(d.entries, 12) {
		if tag, n := d.order.Uint16(entry), d.order.Uint32(entry[4:]); n > maxBlocks && slices.Contains(decoded, tag) {
			return fmt.Errorf("tiff picture: tag %d has %d numbers: want at most %d", tag, n, maxBlocks)
		}
	}
	return nil
}

// blocks are the strips or tiles of a TIFF.
type blocks struct {
	starts, sizes []int64 // in the file
	compression   int64
	unpacked      int64 // bytes of one
}

// blocks returns the strips or tiles of a picture of that size.
func (d directory) blocks(width, height int) blocks {
	offsets, counts := uint16(tagStripOffsets), uint16(tagStripCounts)
	if w := d.number(tagTileWidth); w != 0 {
		width, height, offsets, counts = int(w), int(d.number(tagTileLength)), tagTileOffsets, tagTileCounts
	} else if rows := d.number(tagRowsPerStrip); rows != 0 {
		height = min(int(rows), height)
	}
	bits := int64(1)
	if samples := d.numbers(tagBits); len(samples) > 0 {
		bits = samples[0] * int64(len(samples))
	}
	b := blocks{starts: d.numbers(offsets), sizes: d.numbers(counts), compression: d.number(tagCompression)}
	b.unpacked = bytesFor(int(bytesFor(width, 1, bits)/8+1), height, 1)
	n := min(len(b.starts), len(b.sizes), maxBlocks)
	b.starts, b.sizes = b.starts[:n], b.sizes[:n]
	return b
}

// costOfTIFF counts the pixels; for a compressed picture also three times the largest strip or tile, since the memory
// to which it is unpacked grows, and what is garbage of unpacking others. Its work is the number of strips or tiles.
func costOfTIFF(b []byte, c image.Config) cost {
	pixels := bytesFor(c.Width, c.Height, perPixel(c.ColorModel))
	total := cost{memory: pixels, most: maxBlocks, unit: "strips or tiles"}
	d, ok := directoryOf(b)
	if !ok {
		return total
	}
	blocks := d.blocks(c.Width, c.Height)
	total.work = int64(len(blocks.sizes))
	left := int64(len(b))
	for _, n := range blocks.sizes {
		if left -= n; left < 0 {
			total.work = math.MaxInt64 // strips share bytes, so that unpacking is more work than the file is long
			break
		}
	}
	if blocks.compression > 1 {
		const unpackers = 96 << 10 // bytes, for each strip
		total.memory = sum64(pixels, blocks.unpacked, blocks.unpacked, blocks.unpacked, min(pixels, unpackers*total.work))
	}
	return total
}

// sum64 returns the sum of numbers that are not negative, at most math.MaxInt64.
func sum64(list ...int64) (total int64) {
	for _, n := range list {
		total += min(n, math.MaxInt64-total)
	}
	return total
}

// checkUnpacked returns an error if a strip or tile of a picture becomes more bytes than its pixels have. The decoder
// unpacks eight bytes per pixel, whatever a pixel takes.
func (b blocks) checkUnpacked(file []byte) error {
	const rest = 1 << 16 // bytes that some programs leave after the pixels
	most := sum64(b.unpacked, rest)
	for i, at := range b.starts {
		if end := sum64(at, b.sizes[i]); end <= int64(len(file)) && b.length(file[at:end], most) > most {
			return fmt.Errorf("tiff picture: a strip or tile becomes more than %d bytes: want at most those of its pixels", most)
		}
	}
	return nil
}

// length returns how many bytes a strip or tile becomes, or if they are more than most any number above that. A strip
// of a fax has no more lines than the decoder asks for.
func (b blocks) length(packed []byte, most int64) int64 {
	var r io.Reader
	switch b.compression {
	case packBits:
		return unpackedBits(packed)
	case compressedLZW:
		r = lzw.NewReader(bytes.NewReader(packed), lzw.MSB, 8)
	case deflate, deflateOld:
		z, err := zlib.NewReader(bytes.NewReader(packed))
		if err != nil {
			return 0 // the decoder says so
		}
		r = z
	default:
		return 0
	}
	n, _ := io.Copy(io.Discard, io.LimitReader(r, most+1)) // the decoder says what is wrong
	return n
}

// unpackedBits returns how many bytes a strip becomes that is packed with PackBits (TIFF 6.0, section 9).
func unpackedBits(b []byte) (total int64) {
	for len(b) > 0 {
		used := 1
		switch code := int(int8(b[0])); {
		case code >= 0:
			used += 1 + code
			total += int64(1 + code)
		case code > -128:
			used++
			total += int64(1 - code)
		}
		b = b[min(used, len(b)):]
	}
	return total
}

// withRows returns a TIFF whose strips have no more rows than the picture, as a strip with 2³²−1 rows stands for all:
// the decoder would unpack as much as a strip of so many rows can hold.
func withRows(b []byte) []byte {
	d, ok := directoryOf(b)
	if !ok || d.number(tagRowsPerStrip) <= d.number(tagHeight) {
		return b
	}
	b = slices.Clone(b)
	d, _ = directoryOf(b)
	height, entry := d.number(tagHeight), d.find(tagRowsPerStrip)
	d.order.PutUint16(entry[2:], 4) // LONG
	d.order.PutUint32(entry[4:], 1)
	d.order.PutUint32(entry[8:], uint32(height))
	return b
}
