package report

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html/template"
	"image"
	"image/color"
	"image/png"

	"anneal/runs"
)

// detail is what a page shows of one run in addition to its curves.
type detail struct {
	Name      string
	Seed      uint64
	Reason    string
	Result    string // of the last epoch: how well it does
	Epoch     int    // the last
	Confusion []confusionRow
	Mistakes  []picture
	Settings  []runs.Entry
	Command   string
	Dir       string
}

// picture is a mistake as an image.
type picture struct {
	runs.Mistake
	Is, Taken string // the names of the classes
	Source    template.URL
	Sure      string
	Width     int
	Height    int
}

func (r *Run) detail() (detail, error) {
	d := detail{Name: r.Name, Seed: r.Seed, Reason: r.outcome(), Command: r.command(), Settings: r.settings(), Dir: r.Dir}
	names := r.record().Data().ClassNames
	if last := r.Last(); last != nil {
		d.Epoch, d.Result = last.Epoch, r.result(last)
		if !r.classless() {
			d.Confusion = confusion(last, names)
		}
	}
	if r.Mistakes != nil && !r.classless() {
		for _, m := range r.Mistakes.Mistakes {
			source, err := dataURL(r.Mistakes.Shape, m.Pixels)
			if err != nil {
				return d, fmt.Errorf("the picture of sample %d: %w", m.Index, err)
			}
			sure := fmt.Sprintf("%.1f %%", 100*m.Probability)
			d.Mistakes = append(d.Mistakes, picture{
				m, runs.ClassName(names, m.Label), runs.ClassName(names, m.Predicted), source, sure, r.Mistakes.Shape[2],
				r.Mistakes.Shape[1],
			})
		}
	}
	return d, nil
}

// result says how well the run does after its last epoch.
func (r *Run) result(last *runs.Epoch) string {
	m := r.measure()
	if m == byAccuracy {
		return percent(last.TestAccuracy)
	}
	return fmt.Sprintf("test %s %s", m, m.text(m.of(last)))
}

// dataURL returns a picture of [C, H, W] bytes as the source of an image. It is grey unless C is 3.
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
