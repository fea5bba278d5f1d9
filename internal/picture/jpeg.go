package picture

import (
	"bytes"
	"encoding/binary"
	"image"
)

// Markers of a JPEG.
const (
	startOfFrame0 = 0xc0 // baseline,
	startOfFrame1 = 0xc1 // extended sequential
	startOfFrame2 = 0xc2 // and progressive
	restart0      = 0xd0 // to 0xd7: within a scan
	restart7      = 0xd7
	endOfImage    = 0xd9
	startOfScan   = 0xda
	app1          = 0xe1 // EXIF
	app14         = 0xee // Adobe
)

// maxVisits is how many blocks of 8×8 pixels the scans of a JPEG may visit, counted again in each scan: 12 scans of 20
// million pixels in colour. A progressive JPEG has about ten; with more, a few bytes cost much work, since a scan of 32
// bytes can walk over the whole picture. A visit takes 15 to 80 ns. The only scan of another JPEG transforms the
// blocks, too, which takes 600 ns and counts as seven. Beside other work all of it takes up to twice as long.
const maxVisits = 6 << 20

// transforms is how many visits a scan counts for that transforms a block.
const transforms = 7

// segments calls each with the segments of a JPEG, until it returns true or the picture ends. It finds them as Go's
// decoder does, which skips what is between them.
func segments(b []byte, each func(marker byte, body []byte) bool) {
	b = bytes.TrimPrefix(b, []byte("\xff\xd8"))
	for {
		i := bytes.IndexByte(b, 0xff)
		if i < 0 {
			return
		}
		for b = b[i:]; len(b) > 0 && b[0] == 0xff; {
			b = b[1:]
		}
		if len(b) == 0 || b[0] == endOfImage {
			return
		}
		marker := b[0]
		b = b[1:]
		if marker == 0 || marker >= restart0 && marker <= restart7 {
			continue
		}
		if len(b) < 2 {
			return
		}
		size := int(binary.BigEndian.Uint16(b))
		if size < 2 || size > len(b) || each(marker, b[2:size]) {
			return
		}
		b = b[size:]
	}
}

// exifOfJPEG looks through the segments before the picture.
func exifOfJPEG(b []byte) (header []byte) {
	segments(b, func(marker byte, body []byte) bool {
		if after, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00")); ok && marker == app1 {
			header = after
		}
		return header != nil || marker == startOfScan
	})
	return header
}

// costOfJPEG counts the samples of each component, four bytes for each coefficient of a progressive picture, and the
// visits of its scans.
func costOfJPEG(b []byte, c image.Config) cost {
	total := cost{most: forSize(maxVisits, b), unit: "visits of its scans to blocks of 8×8 pixels"}
	blocks := map[byte]int64{} // of a component, by its identifier
	all, copies := int64(0), int64(0)
	progressive, visit := false, int64(transforms)
	segments(b, func(marker byte, body []byte) bool {
		switch {
		case marker >= startOfFrame0 && marker <= startOfFrame2 && len(body) >= 6 && len(blocks) == 0:
			if progressive = marker == startOfFrame2; progressive {
				visit = 1
			}
			all = blocksOf(body, blocks)
			if n := len(blocks); n == 4 || n == 3 && blocks['R'] > 0 && blocks['G'] > 0 && blocks['B'] > 0 {
				copies = 1 // to the colours that Go has
			}
		case marker == app14 && len(body) >= 12 && body[11] == 0:
			copies = 1
		case marker == startOfScan && len(body) > 0:
			for i := 1; i < len(body)-1 && i < 2*int(body[0]); i += 2 {
				total.work += visit * blocks[body[i]]
			}
		}
		return total.work > total.most
	})
	const block = 8 * 8
	total.memory = all*block + copies*bytesFor(c.Width, c.Height, 4)
	const copied = 3 // visits, for a block
	total.work += copied * copies * all
	if progressive {
		total.memory += all * block * 4
	}
	return total
}

// blocksOf sets how many blocks of 8×8 samples each component of a frame has, and returns how many all have.
func blocksOf(frame []byte, blocks map[byte]int64) (all int64) {
	height, width := int64(binary.BigEndian.Uint16(frame[1:])), int64(binary.BigEndian.Uint16(frame[3:]))
	components := frame[6:]
	components = components[:min(len(components)/3, int(frame[5]))*3]
	h, v := int64(1), int64(1) // samples in a row and a column of the finest component, for one of the coarsest
	for i := 1; i < len(components); i += 3 {
		h, v = max(h, int64(components[i]>>4)), max(v, int64(components[i]&15))
	}
	units := ((width + 8*h - 1) / (8 * h)) * ((height + 8*v - 1) / (8 * v))
	for i := 0; i < len(components); i += 3 {
		n := units * int64(components[i+1]>>4) * int64(components[i+1]&15)
		blocks[components[i]] = n
		all += n
	}
	return all
}
