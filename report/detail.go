package report

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"image"
	"image/color"
	"image/png"
	"math"
	"slices"
	"strconv"
	"strings"

	"anneal/train"
)

// detail is what a page shows of one run beside its curves.
type detail struct {
	Name      string
	Seed      uint64
	Reason    string
	Accuracy  string // of the last epoch
	Epoch     int    // the last
	Confusion []confusionRow
	Mistakes  []picture
	Settings  []keyValue
	Command   string
	Dir       string
}

// confusionRow is one class' samples by what they were taken for.
type confusionRow struct {
	Class             int
	Cells             []confusionCell
	Samples           int
	Precision, Recall string
}

// confusionCell is a count of samples, with its shade on a scale from 0 to shades; those that are right have a scale of their own.
type confusionCell struct {
	Count, Shade, Predicted int
	Right                   bool
}

// picture is a mistake as an image.
type picture struct {
	train.Mistake
	Source template.URL
	Sure   string
	Width  int
	Height int
}

// keyValue is a key of config.json and its value.
type keyValue struct{ Key, Value string }

func (r *Run) detail() (detail, error) {
	d := detail{Name: r.Name, Seed: r.Seed, Reason: r.reason(), Command: r.command(), Dir: r.Dir}
	if last := r.last(); last != nil {
		d.Epoch, d.Accuracy, d.Confusion = last.Epoch, percent(last.TestAccuracy), confusion(last)
	}
	if r.Mistakes != nil {
		for _, m := range r.Mistakes.Mistakes {
			source, err := dataURL(r.Mistakes.Shape, m.Pixels)
			if err != nil {
				return d, fmt.Errorf("the picture of sample %d: %w", m.Index, err)
			}
			d.Mistakes = append(d.Mistakes, picture{m, source, fmt.Sprintf("%.1f %%", 100*m.Probability), r.Mistakes.Shape[2], r.Mistakes.Shape[1]})
		}
	}
	var err error
	d.Settings, err = r.settings()
	return d, err
}

// confusion is e's matrix; a mistake's shade tells its share in the largest number of mistakes of one kind.
func confusion(e *train.Epoch) []confusionRow {
	most := 1
	for i, row := range e.Confusion {
		for j, n := range row {
			if i != j {
				most = max(most, n)
			}
		}
	}
	var rows []confusionRow
	for i, counts := range e.Confusion {
		row := confusionRow{Class: i, Precision: share(e.Precision, i), Recall: share(e.Recall, i)}
		for _, n := range counts {
			row.Samples += n
		}
		for j, n := range counts {
			c := confusionCell{Count: n, Predicted: j, Right: i == j, Shade: level(n, most)}
			if c.Right {
				c.Shade = level(n, row.Samples)
			}
			row.Cells = append(row.Cells, c)
		}
		rows = append(rows, row)
	}
	return rows
}

// level is the shade of n of whole, at least 1 for any.
func level(n, whole int) int {
	if n <= 0 || whole <= 0 {
		return 0
	}
	return max(1, min(shades, int(math.Round(shades*float64(n)/float64(whole)))))
}

func share(list []float64, i int) string {
	if i >= len(list) {
		return "–"
	}
	return percent(list[i])
}

// dataURL is a picture of [C, H, W] bytes as the source of an image: grey if it does not have three channels.
func dataURL(shape [3]int, pixels []byte) (template.URL, error) {
	c, h, w := shape[0], shape[1], shape[2]
	if c < 1 || h < 1 || w < 1 || len(pixels) != c*h*w {
		return "", fmt.Errorf("got %d bytes of shape %v, want C, H and W of at least 1 and as many bytes", len(pixels), shape)
	}
	var m image.Image
	if c == 3 {
		rgb := image.NewNRGBA(image.Rect(0, 0, w, h))
		for i := range h * w {
			rgb.SetNRGBA(i%w, i/w, color.NRGBA{pixels[i], pixels[h*w+i], pixels[2*h*w+i], 0xff})
		}
		m = rgb
	} else {
		m = &image.Gray{Pix: pixels[:h*w], Stride: w, Rect: image.Rect(0, 0, w, h)}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		return "", err
	}
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())), nil
}

// settings are the lines of config.json, without what the command says.
func (r *Run) settings() ([]keyValue, error) {
	if r.Record == nil {
		return nil, nil
	}
	content, err := json.Marshal(r.Record)
	if err != nil {
		return nil, err
	}
	var list []keyValue
	for d := json.NewDecoder(bytes.NewReader(content)); ; {
		token, err := d.Token()
		if err != nil {
			return list, nil // the end, since Marshal wrote it
		}
		key, ok := token.(string)
		if !ok {
			continue
		}
		var v any
		d.UseNumber()
		if err := d.Decode(&v); err != nil {
			return nil, err
		}
		list = append(list, flat(strings.ReplaceAll(key, "_", " "), v)...)
	}
}

// flat is a setting in lines, one for each of the settings in it.
func flat(key string, v any) []keyValue {
	switch v := v.(type) {
	case map[string]any:
		var list []keyValue
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			if key+k != "notesarguments" {
				list = append(list, flat(key+": "+strings.ReplaceAll(k, "_", " "), v[k])...)
			}
		}
		return list
	case []any:
		parts := make([]string, len(v))
		for i, part := range v {
			parts[i] = fmt.Sprint(part)
		}
		return []keyValue{{key, strings.Join(parts, " ")}}
	}
	return []keyValue{{key, fmt.Sprint(v)}}
}

// command is what to type to repeat r in a new folder, "" if its record does not tell.
func (r *Run) command() string {
	arguments := r.arguments()
	if arguments == nil {
		return ""
	}
	return Command(arguments)
}

// Command is what to type for the program to do again what it was told with arguments, in another folder.
func Command(arguments []string) string {
	words := []string{"go run ./cmd/mnist"}
	for i := 0; i < len(arguments); i++ {
		switch a := arguments[i]; {
		case a == "--out" || a == "--resume":
			i++
		case strings.HasPrefix(a, "--out=") || strings.HasPrefix(a, "--resume="):
		default:
			words = append(words, quote(a))
		}
	}
	return strings.Join(words, " ")
}

// arguments are those of the command line that the run was started with: strings, or any after JSON.
func (r *Run) arguments() []string {
	switch list := r.record().Notes["arguments"].(type) {
	case []string:
		return list
	case []any:
		words := make([]string, len(list))
		for i, w := range list {
			words[i] = fmt.Sprint(w)
		}
		return words
	}
	return nil
}

// quote writes a word so that a shell reads it as it is.
func quote(word string) string {
	plain := func(c rune) bool {
		return c < 0x80 && (strings.ContainsRune("-_./=:,+@%", c) || strconv.IsPrint(c) && (c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'))
	}
	if word != "" && strings.IndexFunc(word, func(c rune) bool { return !plain(c) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
