package report

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"anneal/internal/atomicfile"
)

// CheckPath returns the error that Save would return for the name of a file, so that a program can report it before
// there is anything to draw: the name must end in .png or .svg.
func CheckPath(path string) error {
	if e := strings.ToLower(filepath.Ext(path)); e != ".png" && e != ".svg" {
		return fmt.Errorf("report: %s: want a name that ends in .png or .svg", path)
	}
	return nil
}

// Save draws f into a file: 8 inches wide, PNG (1152 pixels wide) or SVG by the name's ending. A file that is there is
// replaced, as a whole or not at all.
func (f Figure) Save(path string) error {
	if err := CheckPath(path); err != nil {
		return err
	}
	if len(f.Panels) == 0 {
		return fmt.Errorf("report: %s: there is no panel to draw", path)
	}
	d := newDrawing(f)
	return save(path, d.height(), d.draw)
}

// save writes what paint draws into a file, as a figure of this height.
func save(path string, height vg.Length, paint func(draw.Canvas)) error {
	if err := CheckPath(path); err != nil {
		return err
	}
	var b bytes.Buffer
	write := writeSVG
	if strings.ToLower(filepath.Ext(path)) == ".png" {
		write = writePNG
	}
	if err := write(&b, height, paint); err != nil {
		return fmt.Errorf("report: %s: %w", path, err)
	}
	if err := atomicfile.Write(path, b.Bytes()); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

func writePNG(w io.Writer, height vg.Length, paint func(draw.Canvas)) error {
	c := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dpi))
	paint(draw.New(c))
	_, err := vgimg.PngCanvas{Canvas: c}.WriteTo(w)
	return err
}

func writeSVG(w io.Writer, height vg.Length, paint func(draw.Canvas)) error {
	c := vgsvg.New(width, height)
	paint(draw.New(c))
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return err
	}
	// Arial and Helvetica are as wide as the font the picture is set in.
	_, err := w.Write(bytes.ReplaceAll(b.Bytes(),
		[]byte("font-family:Liberation Sans;"), []byte("font-family:Liberation Sans,Arial,Helvetica,sans-serif;")))
	return err
}
