package main

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// draw writes n pictures of each shape into folders of dir.
func draw(dir string, n int) error {
	r := rand.New(rand.NewPCG(1, 0))
	for _, shape := range []string{"circle", "cross", "square"} {
		if err := os.Mkdir(filepath.Join(dir, shape), 0o777); err != nil {
			return err
		}
		for i := range n {
			file, err := os.Create(filepath.Join(dir, shape, fmt.Sprintf("%03d.png", i)))
			if err != nil {
				return err
			}
			if err := errors.Join(png.Encode(file, picture(shape, r)), file.Close()); err != nil {
				return err
			}
		}
	}
	return nil
}

// picture draws a shape of any colour, at any place, of 24×24 pixels with noise.
func picture(shape string, r *rand.Rand) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, 24, 24))
	cx, cy, size := 8+8*r.Float64(), 8+8*r.Float64(), 4+3*r.Float64()
	ink := [3]int{100 + r.IntN(120), 100 + r.IntN(120), 100 + r.IntN(120)}
	for at := range 24 * 24 {
		u, v := math.Abs(float64(at%24)-cx), math.Abs(float64(at/24)-cy)
		distance := math.Hypot(u, v) // of the shape's line
		switch shape {
		case "square":
			distance = max(u, v)
		case "cross":
			distance = max(u, v, size) + min(u, v)
		}
		var c [3]uint8
		for k := range c {
			if value := r.IntN(30); math.Abs(distance-size) < 1.2 {
				c[k] = uint8(value + ink[k])
			} else {
				c[k] = uint8(value)
			}
		}
		img.SetNRGBA(at%24, at/24, color.NRGBA{c[0], c[1], c[2], 255})
	}
	return img
}
