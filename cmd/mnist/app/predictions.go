package app

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"anneal/deploy/predict"
	"anneal/runs"
)

// predictionWriter writes predictions in one of three formats. Lines of JSON and CSV are written as they come.
type predictionWriter struct {
	w       io.Writer
	format  string // text, csv or json
	options predict.Options
	output  predict.Output

	lines *csv.Writer
	text  *table
}

// pictureAnswer is a line of JSON about a picture.
type pictureAnswer struct {
	Picture string `json:"picture"`
	predict.Answer
}

// rowAnswer is a line of JSON about a sample of a file.
type rowAnswer struct {
	File string `json:"file"`
	Row  int    `json:"row"` // from 1
	predict.Answer
}

// add writes a prediction.
func (p *predictionWriter) add(of input, prediction predict.Prediction) error {
	if p.format == "json" {
		answer := p.options.Present(prediction, p.output)
		if of.row == 0 {
			return json.NewEncoder(p.w).Encode(pictureAnswer{of.file, answer})
		}
		return json.NewEncoder(p.w).Encode(rowAnswer{of.file, of.row, answer})
	}
	names, row := []string{"file", "row"}, []string{of.file, strconv.Itoa(of.row)}
	if arePictures(p.options) {
		if names, row = names[:1], row[:1]; of.row > 0 {
			row[0] = fmt.Sprintf("%s:%d", of.file, of.row)
		}
		names[0] = "picture"
	}
	first := p.lines == nil && p.text == nil
	for _, c := range p.cells(prediction) {
		names, row = append(names, c.name), append(row, c.text)
	}
	if p.format == "text" {
		if first {
			p.text = head(0, names...)
		}
		p.text.add(row...)
		return nil
	}
	if first {
		p.lines = csv.NewWriter(p.w)
		if err := p.lines.Write(names); err != nil {
			return err
		}
	}
	if err := p.lines.Write(row); err != nil {
		return err
	}
	p.lines.Flush()
	return p.lines.Error()
}

// cell is a column's part of a row.
type cell struct{ name, text string }

// cells returns what a row says of a prediction: the class or the labels, the probability or logit of each, and values.
func (p *predictionWriter) cells(of predict.Prediction) (cells []cell) {
	name := func(class int) string { return runs.ClassName(p.options.ClassNames, class) }
	answer := p.options.Present(of, p.output)
	switch {
	case answer.Digit != nil:
		cells = append(cells, cell{"digit", of.Name})
	case answer.Class != nil:
		cells = append(cells, cell{"class", of.Name})
	case answer.Labels != nil:
		cells = append(cells, cell{"labels", strings.Join(*answer.Labels, " ")})
	}
	for class, v := range answer.Probabilities {
		cells = append(cells, cell{fmt.Sprintf("P(%s)", name(class)), fmt.Sprintf("%.4f", v)})
	}
	for class, v := range answer.Logits {
		cells = append(cells, cell{fmt.Sprintf("logit(%s)", name(class)), strconv.FormatFloat(v, 'g', 6, 64)})
	}
	for _, v := range of.Values {
		for i, y := range v.Numbers {
			cells = append(cells, cell{v.Name + place(i, v.Shape), p.number(y)})
		}
	}
	return cells
}

// number returns a value: exact, unless people read it.
func (p *predictionWriter) number(v float64) string {
	if p.format == "text" {
		return strconv.FormatFloat(v, 'g', 6, 64)
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// place returns "[2,0]" of element i of a tensor of that shape, "" of the only one.
func place(i int, shape []int) string {
	var at []string
	for _, size := range slices.Backward(shape) {
		at, i = append(at, strconv.Itoa(i%size)), i/size
	}
	if at == nil {
		return ""
	}
	slices.Reverse(at)
	return "[" + strings.Join(at, ",") + "]"
}

// end writes what is left.
func (p *predictionWriter) end() error {
	if p.text == nil {
		return nil
	}
	return p.text.write(p.w)
}
