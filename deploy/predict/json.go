package predict

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"anneal/internal/printable"
)

// ErrTooMany is in the error of more samples than are allowed at once.
var ErrTooMany = errors.New("predict: too many samples")

// JSON returns the samples that JSON spells: one object, or a list of them, of at most so many. list says which. An
// object is one of
//
//	{"pixels": […]}             C·H·W numbers from 0, paper, to 255, ink; of a network of pictures
//	{"area": 80, "town": null}  the cells of a row, by the names of all columns; null is a missing value
//	{"x": […]}                  numbers as the network takes them, flat or in lists of its shape; not of a table
func (p *Predictor) JSON(body []byte, most int) (samples [][]float32, list bool, err error) {
	samples, list, err = p.parse(body, most)
	if err != nil {
		return nil, list, fmt.Errorf("predict: %w", printable.Error(err))
	}
	return samples, list, nil
}

func (p *Predictor) parse(body []byte, most int) (samples [][]float32, list bool, err error) {
	d := json.NewDecoder(bytes.NewReader(body))
	if !bytes.HasPrefix(bytes.TrimSpace(body), []byte("[")) {
		var object json.RawMessage
		if err := d.Decode(&object); err != nil {
			return nil, false, fmt.Errorf("JSON: %w", err)
		}
		if _, err := d.Token(); err != io.EOF {
			return nil, false, errors.New("JSON: want one object and nothing after it, or a list of objects")
		}
		x, err := p.object(object)
		return [][]float32{x}, false, err
	}
	if _, err := d.Token(); err != nil {
		return nil, true, fmt.Errorf("JSON: %w", err)
	}
	for d.More() {
		if len(samples) == most {
			return nil, true, fmt.Errorf("%w: want at most %d at once", ErrTooMany, most)
		}
		var object json.RawMessage
		if err := d.Decode(&object); err != nil {
			return nil, true, fmt.Errorf("JSON: sample %d: %w", len(samples), err)
		}
		x, err := p.object(object)
		if err != nil {
			return nil, true, fmt.Errorf("sample %d: %w", len(samples), err)
		}
		samples = append(samples, x)
	}
	if _, err := d.Token(); err != nil {
		return nil, true, errors.New("JSON: want a list that ends")
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, true, errors.New("JSON: want one list and nothing after it")
	}
	if len(samples) == 0 {
		return nil, true, fmt.Errorf("JSON: got array at byte 1, want %s, or a list of at least one", p.options.spelling())
	}
	return samples, true, nil
}

// spelling says how JSON spells a sample.
func (o Options) spelling() string {
	switch {
	case o.Columns != nil:
		var cells []string
		for i, c := range o.Columns {
			if i == 3 {
				cells = append(cells, "…")
				break
			}
			value := "number"
			if c.Categories != nil {
				value = "text"
			}
			cells = append(cells, fmt.Sprintf("%q: %s", c.Name, value))
		}
		return "{" + strings.Join(cells, ", ") + "}"
	case o.pixels():
		return fmt.Sprintf(`{"pixels": [%d numbers]}`, o.size())
	}
	return fmt.Sprintf(`{"x": [%d numbers]}`, o.size())
}

// object returns the sample of an object.
func (p *Predictor) object(body json.RawMessage) ([]float32, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil || fields == nil {
		var other *json.UnmarshalTypeError
		if errors.As(err, &other) {
			return nil, fmt.Errorf("JSON: got %s at byte %d, want %s", other.Value, other.Offset, p.options.spelling())
		}
		return nil, fmt.Errorf("JSON: got %.40s, want %s", body, p.options.spelling())
	}
	if p.options.Columns != nil {
		return p.cells(fields)
	}
	key, read := "x", p.numbers
	if _, ok := fields["pixels"]; ok && p.options.pixels() {
		key, read = "pixels", p.spelled
	}
	for _, other := range slices.Sorted(maps.Keys(fields)) {
		if other != key {
			return nil, fmt.Errorf("JSON: unknown key %.40q: want %s", other, p.options.spelling())
		}
	}
	if len(fields) == 0 {
		return nil, fmt.Errorf("JSON: got no key, want %s", p.options.spelling())
	}
	return read(fields[key])
}

// spelled returns the sample of pixels.
func (p *Predictor) spelled(body json.RawMessage) ([]float32, error) {
	values, err := p.flat("pixels", "0 to 255", body)
	if err != nil {
		return nil, err
	}
	pixels := make([]byte, len(values))
	for i, v := range values {
		if !(v >= 0 && v <= 255) {
			return nil, fmt.Errorf("pixel %d: got %g, want 0 to 255", i, v)
		}
		pixels[i] = byte(math.Round(v))
	}
	return p.Normalise(pixels)
}

// numbers returns the sample of numbers as the network takes them.
func (p *Predictor) numbers(body json.RawMessage) ([]float32, error) {
	values, err := p.flat("x", "a number", body)
	if err != nil {
		return nil, err
	}
	x := make([]float32, len(values))
	for i, v := range values {
		if x[i] = float32(v); math.IsInf(float64(x[i]), 0) {
			return nil, fmt.Errorf("x: number %d is %g, want at most %g", i, v, math.MaxFloat32)
		}
	}
	return x, nil
}

// cells returns the sample of a row.
func (p *Predictor) cells(fields map[string]json.RawMessage) ([]float32, error) {
	cells := make([]string, len(p.options.Columns))
	for i, c := range p.options.Columns {
		value, ok := fields[c.Name]
		if !ok {
			return nil, fmt.Errorf("there is no column %q: want %s; null is a missing value", c.Name, p.options.columnNames())
		}
		delete(fields, c.Name)
		switch value[0] {
		case '{', '[':
			return nil, fmt.Errorf("column %s: got %.40s, want a number, a text or null", c.Name, value)
		case '"':
			if err := json.Unmarshal(value, &cells[i]); err != nil {
				return nil, fmt.Errorf("column %s: %w", c.Name, err)
			}
		default:
			cells[i] = string(value) // null is one of the texts for a missing value
		}
	}
	if len(fields) > 0 {
		unknown := slices.Min(slices.Collect(maps.Keys(fields)))
		return nil, fmt.Errorf("the network takes no column %q: want %s", unknown, p.options.columnNames())
	}
	return p.row(cells)
}
