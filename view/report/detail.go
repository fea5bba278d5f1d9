package report

import (
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"

	"anneal/internal/picture"
	"anneal/runs"
)

// detail is what a page shows of one run in addition to its curves.
type detail struct {
	Name      string
	Seed      uint64
	Reason    string
	About     string // date and note
	Result    string // of the last epoch: how well it does
	Epoch     int    // the last
	Confusion []confusionRow
	Mistakes  []mistake
	Settings  []runs.Entry
	Command   string
	Dir       string
}

// mistake is a mistake as an image.
type mistake struct {
	runs.Mistake
	Is, Taken string // the names of the classes
	Source    template.URL
	Sure      string
	Width     int
	Height    int
}

func (r *Run) detail() (detail, error) {
	d := detail{Name: r.Name, Seed: r.Seed, Reason: r.outcome(), Command: r.command(), Settings: r.settings(), Dir: r.Dir}
	if about := r.record().About; !about.Date.IsZero() || about.Note != "" {
		var parts []string
		if !about.Date.IsZero() {
			parts = append(parts, about.Date.UTC().Format("2006-01-02 15:04 UTC"))
		}
		if about.Note != "" {
			parts = append(parts, about.Note)
		}
		d.About = strings.Join(parts, ", ")
	}
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
			d.Mistakes = append(d.Mistakes, mistake{
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
	encoded, err := picture.PNG(shape, pixels)
	return pngURL(encoded), err
}

// pngURL returns a PNG as the source of an image.
func pngURL(content []byte) template.URL {
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(content))
}

// fold returns what a page shows of each run when it is unfolded, packed.
func fold(details []detail) (template.HTML, error) {
	folded := make([]string, len(details))
	for i := range details {
		var b strings.Builder
		if err := page.ExecuteTemplate(&b, "folded", details[i]); err != nil {
			return "", err
		}
		folded[i] = b.String()
	}
	return packed(folded)
}
