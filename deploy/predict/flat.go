package predict

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// flat returns the numbers of a sample, which JSON spells as one list, or as lists of lists of a shape that Fits. want
// says what a number may be.
func (p *Predictor) flat(key, want string, body json.RawMessage) ([]float64, error) {
	size := p.options.size()
	if n := bytes.Count(body, []byte(",")) + 1; n > size {
		return nil, fmt.Errorf("%s: got %d, want %d", key, n, size) // before there is memory for them
	}
	var value any
	err := json.Unmarshal(body, &value)
	var other *json.UnmarshalTypeError
	if errors.As(err, &other) {
		return nil, fmt.Errorf("JSON: %s: got %s at byte %d, want a number", key, other.Value, other.Offset)
	}
	if err != nil {
		return nil, fmt.Errorf("JSON: %s: %w", key, err)
	}
	l := &lists{body: body, want: want}
	if err := l.add(value, 0); err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	if len(l.numbers) != size {
		return nil, fmt.Errorf("%s: got %d, want %d", key, len(l.numbers), size)
	}
	if len(l.shape) > 1 && !p.options.Fits(l.shape) {
		return nil, fmt.Errorf("%s: got lists of shape %v, want %v", key, l.shape, p.options.XShape)
	}
	return l.numbers, nil
}

// lists are nested lists of numbers.
type lists struct {
	body    []byte
	want    string // what a number may be
	shape   []int
	numbers []float64
}

// add appends the numbers of a value that is in so many lists.
func (l *lists) add(value any, depth int) error {
	switch v := value.(type) {
	case float64:
		if depth != len(l.shape) {
			return errors.New("got numbers beside lists, want lists of one shape")
		}
		l.numbers = append(l.numbers, v)
		return nil
	case []any:
		if depth == len(l.shape) && len(l.numbers) == 0 {
			l.shape = append(l.shape, len(v))
		}
		if depth >= len(l.shape) || l.shape[depth] != len(v) {
			return errors.New("got lists of different lengths, want lists of one shape")
		}
		for _, element := range v {
			if err := l.add(element, depth+1); err != nil {
				return err
			}
		}
		return nil
	case string:
		return fmt.Errorf("got string at byte %d, want %s", bytes.IndexByte(l.body, '"')+1, l.want)
	case nil:
		return fmt.Errorf("number %d: got null, want %s", len(l.numbers), l.want)
	}
	return fmt.Errorf("got %.40s, want lists of numbers", l.body)
}
