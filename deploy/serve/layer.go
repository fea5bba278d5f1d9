package serve

import (
	"math"

	"anneal/deploy/predict"
)

// What an answer to /activations shows of a network.
const (
	maxLayers = 256
	maxCells  = 512 << 10 // levels of all layers
	maxLevels = 8 << 10   // of one
	maxMaps   = 64
	bins      = 24
)

// layer is what a layer computes for a sample: statistics of all its numbers, and a picture of them.
type layer struct {
	Name       string `json:"name,omitempty"`
	Kind       string `json:"kind"`                 // with its settings, such as Conv2D 5x5
	Shape      []int  `json:"shape"`                // of its result
	Takes      []int  `json:"takes"`                // the places of the layers that it takes; -1 stands for the sample
	Normalises bool   `json:"normalises,omitempty"` // the values before it are those of the first of takes

	Low       float64   `json:"low"` // the smallest number
	High      float64   `json:"high"`
	Mean      float64   `json:"mean"`
	Std       float64   `json:"std"`
	Zeros     float64   `json:"zeros"`                // the share of numbers that are 0
	NotFinite int       `json:"not_finite,omitempty"` // numbers that are in no statistic
	Counts    [bins]int `json:"counts"`               // of the numbers, in bins of one width from low to high

	// Levels has so many maps of rows and columns, in that order: 0 stands for low and 255 for high. Each is the mean of
	// a block of Block × Block numbers.
	Shown  [3]int `json:"shown"`
	Block  int    `json:"block"`
	Levels []byte `json:"levels"`
}

// layersOf returns the first layers of a list, and how many are left out.
func layersOf(list []predict.Activation) (layers []layer, left int) {
	shown := min(len(list), maxLayers)
	each := max(1, min(maxLevels, maxCells/max(1, shown)))
	layers = []layer{}
	for _, a := range list[:shown] {
		layers = append(layers, layerOf(a, each))
	}
	return layers, len(list) - shown
}

// layerOf describes what a layer computes, with at most so many levels.
func layerOf(a predict.Activation, levels int) layer {
	l := layer{Name: a.Name, Kind: a.Kind, Shape: a.Shape, Takes: a.Takes, Normalises: a.Normalises}
	if l.Takes == nil {
		l.Takes = []int{}
	}
	l.measure(a.Values)
	l.draw(a.Values, mapsOf(a.Shape), len(a.Shape) > 2, levels)
	return l
}

// measure sets the statistics.
func (l *layer) measure(values []float32) {
	low, high, sum, squares, n, zeros := math.Inf(1), math.Inf(-1), 0.0, 0.0, 0, 0
	for _, narrow := range values {
		v := float64(narrow)
		if math.IsNaN(v) || math.IsInf(v, 0) {
			l.NotFinite++
			continue
		}
		low, high, sum, squares, n = min(low, v), max(high, v), sum+v, squares+v*v, n+1
		if v == 0 {
			zeros++
		}
	}
	if n == 0 {
		return
	}
	l.Low, l.High, l.Mean, l.Zeros = low, high, sum/float64(n), float64(zeros)/float64(n)
	l.Std = math.Sqrt(max(0, squares/float64(n)-l.Mean*l.Mean))
	for _, narrow := range values {
		if place := l.place(float64(narrow)); !math.IsNaN(place) && place >= 0 && place <= 1 {
			l.Counts[min(int(place*bins), bins-1)]++
		}
	}
}

// place returns where v lies between low, 0, and high, 1.
func (l *layer) place(v float64) float64 {
	if l.High == l.Low {
		return v - l.Low // 0 for all that are finite
	}
	return (v - l.Low) / (l.High - l.Low)
}

// draw sets the levels. Maps that are pictures become smaller ones, and of a list or a matrix the first numbers are
// shown.
func (l *layer) draw(values []float32, shape [3]int, pictures bool, levels int) {
	maps, height, width := min(shape[0], maxMaps), shape[1], shape[2]
	rows, columns, block := height, width, 1
	for pictures && maps*rows*columns > levels && rows*columns > 1 {
		block++
		rows, columns = (height+block-1)/block, (width+block-1)/block
	}
	if !pictures {
		columns = min(columns, levels)
		rows = min(rows, max(1, levels/columns))
	}
	l.Shown, l.Block, l.Levels = [3]int{maps, rows, columns}, block, make([]byte, 0, maps*rows*columns)
	for m := range maps {
		one := values[m*height*width : (m+1)*height*width]
		for row := range rows {
			for column := range columns {
				l.Levels = append(l.Levels, l.level(mean(one, width, height, row*block, column*block, block)))
			}
		}
	}
}

// level returns the level of v.
func (l *layer) level(v float64) byte {
	place := l.place(v)
	if math.IsNaN(place) {
		return 0
	}
	return byte(math.Round(255 * min(max(place, 0), 1)))
}

// mean returns the mean of the numbers of a map in a block, as far as the map goes.
func mean(values []float32, width, height, top, left, block int) float64 {
	sum, n := 0.0, 0
	for y := top; y < min(top+block, height); y++ {
		for x := left; x < min(left+block, width); x++ {
			sum, n = sum+float64(values[y*width+x]), n+1
		}
	}
	return sum / float64(n)
}

// mapsOf returns the shape of a result as maps of rows and columns. A list of numbers is one row, and a matrix one map.
func mapsOf(shape []int) [3]int {
	switch n := len(shape); n {
	case 0:
		return [3]int{1, 1, 1}
	case 1:
		return [3]int{1, 1, shape[0]}
	default:
		maps := 1
		for _, size := range shape[:n-2] {
			maps *= size
		}
		return [3]int{maps, shape[n-2], shape[n-1]}
	}
}
