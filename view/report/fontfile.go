package report

import (
	"encoding/binary"
	"errors"
	"io"
	"iter"
	"os"

	"golang.org/x/image/font/opentype"
)

// fontsIn returns the fonts of a file: one, or those of a collection.
func fontsIn(file *os.File) iter.Seq[*opentype.Font] {
	return func(yield func(*opentype.Font) bool) {
		collection, err := opentype.ParseCollectionReaderAt(file)
		for i := 0; err == nil && i < collection.NumFonts(); i++ {
			f, err := collection.Font(i)
			if err != nil {
				f, err = realigned(file, i)
			}
			if err == nil && !yield(f) {
				return
			}
		}
	}
}

var errFont = errors.New("not a collection of fonts")

// realigned returns the i-th font of a collection, after moving its tables to multiples of four bytes, where package
// opentype wants them. Some collections, such as WenQuanYi's, have them elsewhere.
func realigned(file *os.File, i int) (*opentype.Font, error) {
	const head, record, most = 12, 16, 64 << 20
	content, err := io.ReadAll(io.NewSectionReader(file, 0, most))
	if err != nil {
		return nil, err
	}
	at := head + 4*i // of the font's offset
	if len(content) < at+4 || string(content[:4]) != "ttcf" {
		return nil, errFont
	}
	from := int(binary.BigEndian.Uint32(content[at:]))
	if from > len(content)-head {
		return nil, errFont
	}
	tables := int(binary.BigEndian.Uint16(content[from+4:]))
	end := head + record*tables
	if end > len(content)-from {
		return nil, errFont
	}
	moved := append([]byte{}, content[from:from+end]...)
	for t := range tables {
		r := moved[head+record*t:][:record]
		offset, length := int(binary.BigEndian.Uint32(r[8:])), int(binary.BigEndian.Uint32(r[12:]))
		if offset > len(content) || length > len(content)-offset || length > most-len(moved) { // they may overlap
			return nil, errFont
		}
		binary.BigEndian.PutUint32(r[8:], uint32(len(moved)))
		moved = append(moved, content[offset:offset+length]...)
		moved = append(moved, make([]byte, (4-length%4)%4)...)
	}
	return opentype.Parse(moved)
}
