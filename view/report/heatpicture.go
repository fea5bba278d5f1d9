package report

import (
	"fmt"
	"image/color"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const tileHeight vg.Length = 26

// Save draws h into a file, as Figure.Save does: .png or .svg by the name's ending.
func (h HeatMap) Save(path string) error {
	if err := CheckPath(path); err != nil {
		return err
	}
	if len(h.Columns) == 0 || len(h.Rows) == 0 {
		return fmt.Errorf("report: %s: got %d columns and %d rows, want some of both to draw",
			path, len(h.Columns), len(h.Rows))
	}
	return save(path, 3*margin+2*titleHeight+tileHeight*vg.Length(len(h.Rows)+1), h.draw)
}

// draw fills c: the title, the rows with their names at the left, and below them the columns' names.
func (h HeatMap) draw(c draw.Canvas) {
	c.SetColor(white)
	c.Fill(c.Rectangle.Path())
	page := draw.Crop(c, margin, -margin, margin, -margin)
	title, names, numbers := letters(14), letters(11), letters(11)
	title.YAlign, names.YAlign, numbers.YAlign = draw.YTop, draw.YCenter, draw.YCenter
	names.XAlign, numbers.XAlign = draw.XRight, draw.XCenter

	left := vg.Length(0)
	for _, row := range append([]string{h.Y}, h.Rows...) {
		left = max(left, names.Width(row))
	}
	left += page.Min.X + 8
	tile := vg.Point{X: (page.Max.X - left) / vg.Length(len(h.Columns)), Y: tileHeight}
	top := page.Max.Y - titleHeight
	c.FillText(title, vg.Point{X: left, Y: page.Max.Y}, h.Title)
	c.FillText(faded(names), vg.Point{X: left - 8, Y: top - tileHeight*(vg.Length(len(h.Rows))+0.5)}, h.Y)
	for i, row := range h.tiles() {
		y := top - tileHeight*vg.Length(i)
		c.FillText(names, vg.Point{X: left - 8, Y: y - tileHeight/2}, h.Rows[i])
		for j, t := range row {
			x := left + tile.X*vg.Length(j)
			corners := []vg.Point{
				{X: x, Y: y}, {X: x + tile.X - 1, Y: y}, {X: x + tile.X - 1, Y: y - tile.Y + 1}, {X: x, Y: y - tile.Y + 1},
			}
			c.FillPolygon(tint(t.Shade), corners)
			c.FillText(numbers, vg.Point{X: x + tile.X/2, Y: y - tileHeight/2}, t.Text)
		}
	}
	bottom := top - tileHeight*vg.Length(len(h.Rows))
	for j, column := range h.Columns {
		c.FillText(numbers, vg.Point{X: left + tile.X*(vg.Length(j)+0.5), Y: bottom - tileHeight/2}, column)
	}
	middle := left + tile.X*vg.Length(len(h.Columns))/2
	c.FillText(faded(numbers), vg.Point{X: middle, Y: bottom - tileHeight - titleHeight/2}, h.X)
}

// faded returns s in the colour of secondary text.
func faded(s text.Style) text.Style {
	s.Color = axisLine.Color
	return s
}

// tint returns the colour of a shade, from white to one on which black can be read.
func tint(shade int) color.NRGBA {
	if shade < 0 {
		return color.NRGBA{0xf4, 0xf4, 0xf4, 0xff}
	}
	part := 0.04 + 0.5*float64(shade)/shades
	mix := func(c uint8) uint8 { return uint8(255 - part*(255-float64(c)) + 0.5) }
	return color.NRGBA{mix(colours[0].R), mix(colours[0].G), mix(colours[0].B), 0xff}
}
