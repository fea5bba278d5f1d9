// Package picturetest has what tests of pictures share: files that are small, and take much work or memory to decode.
package picturetest

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
)

// Markers of a JPEG.
const (
	startOfFrame0 = 0xc0 // baseline
	startOfFrame2 = 0xc2 // progressive
	endOfImage    = 0xd9
	startOfScan   = 0xda
)

// PNG returns a PNG of a size, bit depth and colour type whose pixels are zeros, of which it has n bytes.
func PNG(width, height uint32, depth, colour, interlace byte, n int) []byte {
	b := []byte("\x89PNG\r\n\x1a\n")
	chunk := func(kind string, body []byte) {
		b = binary.BigEndian.AppendUint32(b, uint32(len(body)))
		b = append(append(b, kind...), body...)
		b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[len(b)-len(body)-4:]))
	}
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height)
	chunk("IHDR", append(head, depth, colour, 0, 0, interlace))
	chunk("zTXt", append([]byte("a\x00\x00"), Deflated(1<<20)...)) // text in text: no decoder unpacks it
	chunk("IDAT", Deflated(n))
	chunk("IEND", nil)
	return b
}

// Deflated returns n zeros as zlib packs them.
func Deflated(n int) []byte {
	var b bytes.Buffer
	w, _ := zlib.NewWriterLevel(&b, zlib.BestSpeed) // there is such a level
	for zeros := make([]byte, 1<<16); n > 0; n -= len(zeros) {
		w.Write(zeros[:min(n, len(zeros))]) // to memory: no error
	}
	w.Close()
	return b.Bytes()
}

// JPEG returns a grey JPEG whose scans do not end before the file has so many bytes. Those of a progressive one are
// made of runs of empty blocks, in which a bit of each coefficient may be refined.
func JPEG(side uint16, progressive, refine bool, size int) []byte {
	frame := byte(startOfFrame0)
	if progressive {
		frame = startOfFrame2
	}
	b := segment([]byte{0xff, 0xd8}, 0xdb, append([]byte{0}, bytes.Repeat([]byte{1}, 64)...)...)
	b = segment(b, frame, 8, byte(side>>8), byte(side), byte(side>>8), byte(side), 1, 1, 0x11, 0)
	b = tables(b)
	blocks := int(side+7) / 8 * (int(side+7) / 8)
	if !progressive {
		for len(b) < size {
			b = segment(b, startOfScan, 1, 1, 0, 0, 63, 0)
			b = append(b, emptyBlocks(blocks)...)
		}
		return append(b, 0xff, endOfImage)
	}
	b = segment(b, startOfScan, 1, 1, 0, 0, 0, 0)
	b = append(b, make([]byte, blocks/8+1)...)
	var runs []byte // of 16384 + 16383 blocks: 15 bits, 0 and then ones
	for left, bit := blocks, 0; left > 0; left -= 32767 {
		for i := range 15 {
			if bit%8 == 0 {
				runs = append(runs, 0)
			}
			if i > 0 {
				runs[len(runs)-1] |= 1 << (7 - bit%8)
			}
			bit++
		}
	}
	runs = bytes.ReplaceAll(runs, []byte{0xff}, []byte{0xff, 0})
	for i := byte(0); len(b) < size; i++ {
		first, last, bits := 1+i%63, 1+i%63, byte(0)
		if refine {
			first, last, bits = 1, 63, 0x10
		}
		b = append(segment(b, startOfScan, 1, 1, 0, first, last, bits), runs...)
	}
	return append(b, 0xff, endOfImage)
}

// segment adds a segment of a JPEG.
func segment(b []byte, marker byte, body ...byte) []byte {
	return append(binary.BigEndian.AppendUint16(append(b, 0xff, marker), uint16(len(body)+2)), body...)
}

// tables adds codes to a JPEG. 0 is the difference 0 of a block, or a run of 16384 blocks and a number of 14 bits more;
// 10 ends a block.
func tables(b []byte) []byte {
	b = segment(b, 0xc4, append([]byte{0, 1}, make([]byte, 16)...)...)
	return segment(b, 0xc4, append(append([]byte{0x10, 1, 1}, make([]byte, 14)...), 0xe0, 0)...)
}

// emptyBlocks returns at least n blocks, which are 0 and 10.
func emptyBlocks(n int) []byte {
	return bytes.Repeat([]byte{0b01001001, 0b00100100, 0b10010010}, n/8+1)
}
