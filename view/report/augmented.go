package report

import (
	"fmt"
	"html/template"
	"strings"

	"anneal/runs"
)

// strip shows some training images as a run's augmentation makes them.
type strip struct {
	Augment, Hint string
	Rows          []stripRow
}

// stripRow is an image, and what becomes of it.
type stripRow struct {
	Class  string
	Images []stripImage
}

type stripImage struct {
	Source  template.URL
	Text    string   // in place of the image
	Classes []string // that are mixed in it
}

// strips returns those of the runs, one for each augmentation of each data set.
func strips(list []Run) (all []strip) {
	type key struct{ augment, data string }
	seen := map[key]bool{}
	for i := range list {
		r := &list[i]
		if r.Augmented == nil || len(r.Augmented.Rows) == 0 {
			continue
		}
		k := key{r.Augmented.Augment, r.record().Train.SHA256}
		if seen[k] {
			continue
		}
		seen[k] = true
		all = append(all, newStrip(r.Augmented, r.record().Data().ClassNames))
	}
	return all
}

func newStrip(a *runs.Augmented, names []string) strip {
	s := strip{Augment: a.Augment, Hint: fmt.Sprintf(
		"Each row is a training image: first as it is, then as the first epochs train on it, with seed %d.", a.Seed)}
	if a.Mixed {
		s.Hint += " They are mixed as if the rows were one batch."
	}
	for _, row := range a.Rows {
		r := stripRow{Class: runs.ClassName(names, row.Label)}
		for epoch, image := range row.Images {
			m := stripImage{Source: pngURL(image.PNG), Text: r.Class + " as it is"}
			for _, c := range image.Classes {
				m.Classes = append(m.Classes, fmt.Sprintf("%.0f %% %s", 100*c.Share, runs.ClassName(names, c.Class)))
			}
			switch {
			case len(m.Classes) > 0:
				m.Text = fmt.Sprintf("%s in epoch %d", strings.Join(m.Classes, ", "), epoch)
			case epoch > 0:
				m.Text = fmt.Sprintf("%s in epoch %d", r.Class, epoch)
			}
			r.Images = append(r.Images, m)
		}
		s.Rows = append(s.Rows, r)
	}
	return s
}
