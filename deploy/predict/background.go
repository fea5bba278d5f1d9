package predict

import (
	"image"
	"math"

	"gonum.org/v1/gonum/mat"
)

const (
	uneven  = 6  // of 255: if the border's pixels differ more from its median colour, the light may be uneven
	cells   = 48 // the background is fitted to the means of at most cells×cells parts of a picture
	degree  = 4  // of the background, as a polynomial of x and y
	terms   = (degree + 1) * (degree + 2) / 2
	rounds  = 12 // of reweighting
	darkest = 48 // of 255: a background that is darker than this does not make ink stronger
)

// background returns the colour of the paper at every pixel. On an evenly lit picture that is the median colour of the
// border, with the border's noise. Otherwise it is a smooth surface, the polynomial with the least sum of distances
// from the picture's colours: ink covers less of a picture than paper, so it hardly moves that surface.
func background(b image.Rectangle, at func(x, y int) rgb) (paper func(x, y int) rgb, noise int, lit bool) {
	median, noise := border(b, at)
	flat := func(int, int) rgb { return median }
	if noise <= uneven {
		return flat, noise, false
	}
	surface := fit(b, at)
	var distances []int
	for p := range edge(b) {
		distances = append(distances, distance(at(p.X, p.Y), surface(p.X, p.Y)))
	}
	if fitted := medianOf(distances); 2*fitted < noise {
		return surface, fitted, true
	}
	return flat, noise, false
}

// fit returns the surface that background describes, by least squares with weights that make them least distances.
func fit(b image.Rectangle, at func(x, y int) rgb) func(x, y int) rgb {
	columns, rows := min(cells, b.Dx()), min(cells, b.Dy())
	n := columns * rows
	place := func(x, y int) (products [terms]float64) { // of powers of a pixel's place
		u := 2*(float64(x-b.Min.X)+0.5)/float64(b.Dx()) - 1
		v := 2*(float64(y-b.Min.Y)+0.5)/float64(b.Dy()) - 1
		i := 0
		for p, power := 0, 1.0; p <= degree; p, power = p+1, power*u {
			for q, product := 0, power; q <= degree-p; q, product = q+1, product*v {
				products[i] = product
				i++
			}
		}
		return products
	}
	design, colours := mat.NewDense(n, terms, nil), mat.NewDense(n, 3, nil)
	for i := range n {
		x0, x1 := b.Min.X+i%columns*b.Dx()/columns, b.Min.X+(i%columns+1)*b.Dx()/columns
		y0, y1 := b.Min.Y+i/columns*b.Dy()/rows, b.Min.Y+(i/columns+1)*b.Dy()/rows
		products := place((x0+x1)/2, (y0+y1)/2)
		design.SetRow(i, products[:])
		colours.SetRow(i, mean(image.Rect(x0, y0, x1, y1), at))
	}
	weights := make([]float64, n)
	for i := range weights {
		weights[i] = 1
	}
	var solution, residual mat.Dense
	for range rounds {
		var weighted, left, right mat.Dense
		weighted.Apply(func(i, _ int, v float64) float64 { return weights[i] * v }, design)
		left.Mul(weighted.T(), design)
		for i := range terms {
			left.Set(i, i, left.At(i, i)+1e-6*float64(n)) // small pictures have fewer parts than terms
		}
		right.Mul(weighted.T(), colours)
		if err := solution.Solve(&left, &right); err != nil {
			break // nearly singular: the last solution will do
		}
		residual.Mul(design, &solution)
		residual.Sub(&residual, colours)
		for i := range weights {
			r := residual.RawRowView(i)
			weights[i] = 1 / max(1, math.Abs(r[0]), math.Abs(r[1]), math.Abs(r[2]))
		}
	}
	var coefficients [3][terms]float64
	for c := range coefficients {
		mat.Col(coefficients[c][:], c, &solution)
	}
	return func(x, y int) (colour rgb) {
		products := place(x, y)
		for c := range colour {
			v := 0.0
			for t, p := range products {
				v += p * coefficients[c][t]
			}
			colour[c] = uint8(min(max(math.Round(v), 0), 255))
		}
		return colour
	}
}

// mean returns the mean colour of a part of a picture.
func mean(part image.Rectangle, at func(x, y int) rgb) []float64 {
	sum := make([]float64, 3)
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			for c, v := range at(x, y) {
				sum[c] += float64(v)
			}
		}
	}
	for c := range sum {
		sum[c] /= float64(part.Dx() * part.Dy())
	}
	return sum
}
