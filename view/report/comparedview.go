package report

import "html/template"

// comparedView is what the template shows of a comparison.
type comparedView struct {
	Factors []factorData
	Results []resultView
	Data    template.HTML // packed
}

// resultView is the settings by one result.
type resultView struct {
	dotTable
	Reference   phrase // the head of Differences
	Differences []difference
}

// newComparedView returns what the template shows, nil if nothing was compared.
func newComparedView(list []compared) (*comparedView, error) {
	if len(list) == 0 {
		return nil, nil
	}
	v := new(comparedView)
	for _, f := range list[0].Factors {
		v.Factors = append(v.Factors, factorData{Name: factorName(f.Name)})
	}
	for _, c := range list {
		reference := say("difference from {name}", "name", c.Settings[0].Name)
		if c.measure == byAccuracy {
			reference = say("difference from {name}, in points", "name", c.Settings[0].Name)
		}
		v.Results = append(v.Results, resultView{c.dots(), reference, c.differences()})
	}
	var err error
	v.Data, err = packed(data(list))
	return v, err
}
