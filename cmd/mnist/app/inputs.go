package app

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/sirupsen/logrus"

	"anneal/data/numpy"
	"anneal/deploy/predict"
	"anneal/internal/bounded"
)

// input is a sample to predict.
type input struct {
	file string
	row  int // from 1; 0: the file is a picture
	x    []float32
}

// inputs reads samples from files. One that is bad is counted and logged, and does not keep it from the others.
type inputs struct {
	network *predict.Predictor
	log     logrus.FieldLogger
	bad     failures
	all     int // samples, with the bad ones
}

// read calls use with the samples of a file: a picture, the rows of a table, or those of a .npy or .json file. Its
// error is that of use.
func (in *inputs) read(name string, use func(input) error) error {
	var err error
	var x []float32
	var many [][]float32
	switch extension := strings.ToLower(filepath.Ext(name)); {
	case extension == ".npy":
		many, err = in.array(name)
	case extension == ".json":
		many, err = in.json(name)
	case in.network.Options().Input() == predict.Table:
		return in.table(name, use)
	default:
		if x, err = in.picture(name); err == nil {
			in.all++
			return use(input{name, 0, x})
		}
	}
	if err != nil {
		in.fail(err)
		return nil
	}
	for i, x := range many {
		in.all++
		if err := use(input{name, i + 1, x}); err != nil {
			return err
		}
	}
	return nil
}

// fail counts and logs the error of a sample, or of a file.
func (in *inputs) fail(err error) {
	in.all++
	in.bad.add(in.log, err)
}

// table reads the rows of a CSV or TSV file.
func (in *inputs) table(name string, use func(input) error) error {
	file, err := os.Open(name)
	if err != nil {
		in.fail(err)
		return nil
	}
	defer file.Close()
	rows, err := in.network.Rows(file, name)
	if err != nil {
		in.fail(fmt.Errorf("%s: %w", name, err))
		return nil
	}
	if other := rows.Ignored(); len(other) > 0 {
		in.log.Infof("%s: columns that the network does not take are ignored: %s", name, strings.Join(other, ", "))
	}
	for row := 1; ; row++ {
		x, err := rows.Next()
		var bad *predict.BadRow
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &bad):
			in.fail(fmt.Errorf("%s: %w", name, err))
			continue
		case err != nil:
			in.fail(fmt.Errorf("%s: %w", name, err))
			return nil
		}
		in.all++
		if err := use(input{name, row, x}); err != nil {
			return err
		}
	}
}

// picture returns what the network sees of the picture in a file.
func (in *inputs) picture(name string) ([]float32, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if !arePictures(in.network.Options()) {
		return nil, fmt.Errorf("%s: want a .npy or .json file with numbers of shape %v, which the network takes",
			name, in.network.Options().XShape)
	}
	picture, err := predict.Decode(file)
	var x []float32
	if err == nil {
		var pixels []byte
		if pixels, err = in.network.Pixels(picture); err == nil {
			x, err = in.network.Normalise(pixels)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return x, nil
}

// maxJSON is the size of the largest file of samples as JSON, in bytes.
const maxJSON = 1 << 30

// json returns the samples of a JSON file.
func (in *inputs) json(name string) ([][]float32, error) {
	content, err := bounded.ReadNamed(name, maxJSON)
	if err != nil {
		return nil, err
	}
	samples, _, err := in.network.JSON(content, math.MaxInt)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return samples, nil
}

// array returns the samples of an array: one, or one for each of its first dimension. Unsigned bytes are the pixels of
// a network of pictures; other numbers are as the network takes them.
func (in *inputs) array(name string) ([][]float32, error) {
	a, err := numpy.ReadFile(name)
	if err != nil {
		return nil, err
	}
	options := in.network.Options()
	pixels := arePictures(options) && a.Bytes() != nil
	n := 1
	switch {
	case len(a.Shape) > 0 && options.Fits(a.Shape[1:]):
		n = a.Shape[0]
	case !options.Fits(a.Shape):
		return nil, fmt.Errorf("%s: got an array of shape %v, want %v, or several of that shape",
			name, a.Shape, options.XShape)
	}
	size := a.Len() / n
	var samples [][]float32
	for i := range n {
		var x []float32
		if pixels {
			x, err = in.network.Normalise(a.Bytes()[i*size : (i+1)*size])
		} else {
			x, err = finiteSample(a, i, size)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		samples = append(samples, x)
	}
	return samples, nil
}

// finiteSample returns sample i, of that size, of an array. A number that is not finite is an error.
func finiteSample(a *numpy.Array, i, size int) ([]float32, error) {
	x := make([]float32, size)
	for k := range x {
		if x[k] = float32(a.At(i*size + k)); math.IsNaN(float64(x[k])) || math.IsInf(float64(x[k]), 0) {
			return nil, fmt.Errorf("sample %d: number %d is %v, want a finite number", i, k, x[k])
		}
	}
	return x, nil
}
