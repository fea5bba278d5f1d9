package app

import "anneal/models"

// normFlag is the spec of a normalization in place of a model's BatchNorm. "" is the model's own.
type normFlag string

// UnmarshalText checks the spec.
func (n *normFlag) UnmarshalText(text []byte) error {
	*n = normFlag(text)
	_, err := models.ParseNorm(string(text))
	return err
}

// with returns the model with another normalization.
func (f modelFlag) with(n normFlag) (modelFlag, error) {
	if n == "" {
		return f, nil
	}
	name, err := models.WithNorm(f.name, string(n))
	if err == nil {
		err = f.UnmarshalText([]byte(name))
	}
	return f, err
}

// normed returns each of the models with each of the normalizations, or the models themselves if there are none.
func normed(all []modelFlag, norms []normFlag) ([]modelFlag, error) {
	if len(norms) == 0 {
		return all, nil
	}
	var list []modelFlag
	for _, m := range all {
		for _, n := range norms {
			with, err := m.with(n)
			if err != nil {
				return nil, err
			}
			list = append(list, with)
		}
	}
	return list, nil
}
