package predict

import (
	"image"
	"math"

	"gonum.org/v1/gonum/mat"
)

const (
	uneven  = 6  // of 255: if the border's pixels differ more from its median colour, the light may be uneven
	cells   = 48 // the background is fitted to the means of at most cells×cells parts of a picture, of about 3×3 or more
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
	columns, rows := min(cells, (b.Dx()+2)/3), min(cells, (b.Dy()+2)/3)
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
	products, colours := make([][terms]float64, n), make([][3]float64, n)
	for i := range n {
		x0, x1 := b.Min.X+i%columns*b.Dx()/columns, b.Min.X+(i%columns+1)*b.Dx()/columns
		y0, y1 := b.Min.Y+i/columns*b.Dy()/rows, b.Min.Y+(i/columns+1)*b.Dy()/rows
		products[i] = place((x0+x1)/2, (y0+y1)/2)
		colours[i] = mean(image.Rect(x0, y0, x1, y1), at)
	}
	weights := make([]float64, n)
	for i := range weights {
		weights[i] = 1
	}
	var coefficients [3][terms]float64
	for range rounds {
		solution, ok := solve(products, colours, weights)
		if !ok {
			break // nearly singular: the last solution will do
		}
		coefficients = solution
		for i := range weights {
			most := 1.0
			for c, v := range colours[i] {
				most = max(most, math.Abs(dot(&products[i], &coefficients[c])-v))
			}
			weights[i] = 1 / most
		}
	}
	return func(x, y int) (colour rgb) {
		products := place(x, y)
		for c := range colour {
			colour[c] = uint8(min(max(math.Round(dot(&products, &coefficients[c])), 0), 255))
		}
		return colour
	}
}

// solve returns the coefficients of the surface with the least sum of weighted squares for each colour. It reports
// whether there is one.
func solve(products [][terms]float64, colours [][3]float64, weights []float64) (solution [3][terms]float64, ok bool) {
	var left [terms * terms]float64 // its upper half
	var right [terms * 3]float64
	for i, w := range weights {
		for j, p := range products[i] {
			p *= w
			rest := products[i][j:]
			row := left[j*terms+j:][:len(rest)]
			for k, q := range rest {
				row[k] += p * q
			}
			for c, v := range colours[i] {
				right[3*j+c] += p * v
			}
		}
	}
	for j := range terms {
		left[j*terms+j] += 1e-6 * float64(len(weights)) // small pictures have fewer parts than terms
	}
	var factor mat.Cholesky
	if !factor.Factorize(mat.NewSymDense(terms, left[:])) {
		return solution, false
	}
	var found mat.Dense
	if err := factor.SolveTo(&found, mat.NewDense(terms, 3, right[:])); err != nil {
		return solution, false
	}
	for c := range solution {
		mat.Col(solution[c][:], c, &found)
	}
	return solution, true
}

func dot(a, b *[terms]float64) (sum float64) {
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}

// mean returns the mean colour of a part of a picture.
func mean(part image.Rectangle, at func(x, y int) rgb) (sum [3]float64) {
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
