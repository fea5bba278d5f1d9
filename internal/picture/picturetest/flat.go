package picturetest

import (
	"bytes"
	"encoding/binary"
)

// FlatJPEG returns a baseline JPEG of one colour. sampling has a byte for each component: how many samples it has in a
// row and in a column, four bits each, where the coarsest component has one.
func FlatJPEG(width, height uint16, sampling ...byte) []byte {
	b := segment([]byte{0xff, 0xd8}, 0xdb, append([]byte{0}, bytes.Repeat([]byte{1}, 64)...)...)
	frame := []byte{8, byte(height >> 8), byte(height), byte(width >> 8), byte(width), byte(len(sampling))}
	scan := []byte{byte(len(sampling))}
	h, v, blocks := 1, 1, 0
	for i, s := range sampling {
		frame, scan = append(frame, byte(i+1), s, 0), append(scan, byte(i+1), 0)
		h, v, blocks = max(h, int(s>>4)), max(v, int(s&15)), blocks+int(s>>4)*int(s&15)
	}
	if len(sampling) == 1 {
		h, v, blocks = 1, 1, 1
	}
	if len(sampling) == 4 {
		b = segment(b, 0xee, []byte("Adobe\x00\x64\x00\x00\x00\x00\x02")...) // YCCK
	}
	b = segment(b, startOfFrame0, frame...)
	b = tables(b)
	b = segment(b, startOfScan, append(scan, 0, 63, 0)...)
	units := ((int(width) + 8*h - 1) / (8 * h)) * ((int(height) + 8*v - 1) / (8 * v))
	return append(append(b, emptyBlocks(units*blocks)...), 0xff, endOfImage)
}

// FaxTIFF returns a TIFF of white lines as fax machines send them (T.6).
func FaxTIFF(width, height uint32) []byte {
	line := bytes.Repeat([]byte{0xff}, int(height)/8+8) // a bit says that a line is as the one before
	return TIFF(line, []uint32{256, width}, []uint32{257, height}, []uint32{258, 1}, []uint32{259, 4}, []uint32{262, 0},
		[]uint32{273, 4096}, []uint32{278, height}, []uint32{279, uint32(len(line))})
}

// FlatTIFF returns a deflated TIFF of zeros with strips of so many rows. A pixel has so many samples of so many bits:
// grey, red, green and blue, or those and alpha.
func FlatTIFF(width, height, samples, bits, rows uint32) []byte {
	strips := (height + rows - 1) / rows
	one := Deflated(int(width * rows * samples * bits / 8))
	var content []byte
	number := func(n uint32) { content = binary.LittleEndian.AppendUint32(content, n) }
	for range samples {
		number(bits)
	}
	const begin = 4096
	data := begin + 4*samples + 8*strips
	for i := range strips {
		number(data + i*uint32(len(one)))
	}
	for range strips {
		number(uint32(len(one)))
	}
	offsets := []uint32{273, begin + 4*samples, strips}
	counts := []uint32{279, begin + 4*samples + 4*strips, strips}
	depth, model := []uint32{258, begin, samples}, uint32(2)
	if samples == 1 {
		depth, model = []uint32{258, bits}, 1
	}
	if strips == 1 {
		offsets, counts = []uint32{273, data}, []uint32{279, uint32(len(one))}
	}
	entries := [][]uint32{
		{256, width}, {257, height}, depth, {259, 8}, {262, model}, offsets, {277, samples}, {278, rows}, counts,
	}
	if samples == 4 {
		entries = append(entries, []uint32{338, 2})
	}
	return TIFF(append(content, bytes.Repeat(one, int(strips))...), entries...)
}

// TIFF returns a TIFF with entries of tags and numbers, in the order of the tags, and then bytes, which begin at 4096.
func TIFF(content []byte, entries ...[]uint32) []byte {
	b := binary.LittleEndian.AppendUint32([]byte("II*\x00"), 8)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(entries)))
	for _, e := range entries { // tag, value or place, count
		count := uint32(1)
		if len(e) == 3 {
			count = e[2]
		}
		b = binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(b, uint16(e[0])), 4)
		b = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(b, count), e[1])
	}
	return append(append(b, make([]byte, 4096-len(b))...), content...)
}

// FlatWebP returns a lossless WebP of one colour: each of the five prefix codes has one symbol, which takes no bits. It
// has no bits beyond those, for which decoders ask at every pixel.
func FlatWebP(width, height uint32) []byte {
	b := append([]byte{0x2f}, binary.LittleEndian.AppendUint32(nil, width-1|(height-1)<<14)...)
	return WebP("VP8L", append(b, 0b10001000, 0b10001000, 0b00001000)) // 3 bits of no transforms, caches and groups
}

// LossyWebP returns a WebP of zeros, except that all edges of blocks are smoothed (RFC 6386, section 9.6).
func LossyWebP(width, height uint16) []byte {
	const first = 1<<19 - 1
	b := []byte{0x10 | first<<5&0xff, first >> 3 & 0xff, first >> 11, 0x9d, 0x01, 0x2a}
	b = binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(b, width), height)
	content := make([]byte, first+3<<20)
	copy(content, bits(0, 0, 0, 0, 1, 1, 1, 1, 1, 1)) // two of colours, one of segments, the filter's kind and level
	return WebP("VP8 ", append(b, content...))
}

// bits returns bits of even odds, and zeros after them, as RFC 6386, section 7.3, writes them.
func bits(list ...int) []byte {
	low, width := uint64(0), uint64(255)
	at := 64 - 8 // the place of low's last bit in the result
	for _, bit := range list {
		split := 1 + (width-1)*128>>8
		if bit == 0 {
			width = split
		} else {
			low, width = low+split<<at, width-split
		}
		for width < 128 {
			width, at = width*2, at-1
		}
	}
	return binary.BigEndian.AppendUint64(nil, low)
}

// WebP returns a WebP with a chunk of a kind.
func WebP(kind string, chunk []byte) []byte {
	b := append([]byte("RIFF"), binary.LittleEndian.AppendUint32(nil, uint32(len(chunk)+12))...)
	b = append(append(b, "WEBP"+kind...), binary.LittleEndian.AppendUint32(nil, uint32(len(chunk)))...)
	return append(append(b, chunk...), make([]byte, len(chunk)%2)...)
}
