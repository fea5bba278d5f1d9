package report

import (
	"fmt"
	"reflect"
	"strconv"
)

// marks returns the drops of the rate that all runs share and, if there is only one run, the commands that steered it
// and its best epoch.
func marks(all []Run) []event {
	if len(all) == 0 {
		return nil
	}
	list := all[0].drops()
	for i := range all[1:] {
		if !reflect.DeepEqual(all[i+1].drops(), list) {
			return nil
		}
	}
	if len(all) == 1 {
		list = append(list, all[0].controls()...)
		if c := all[0].choice(); c.Epoch > 0 {
			list = append(list, event{float64(c.Epoch), "best"})
		}
	}
	return list
}

// drops returns the epochs after which the rate changes by a factor above 1.5. It returns none if the rate changes
// often, which its own curve shows.
func (r *Run) drops() []event {
	const few, much = 6, 1.5
	var list []event
	changes := 0
	for i := 1; i < len(r.Epochs); i++ {
		was, is := r.Epochs[i-1].LR, r.Epochs[i].LR
		if len(was) == 0 || len(is) == 0 || was[0] == is[0] {
			continue
		}
		changes++
		if was[0] > 0 && is[0] > 0 && max(was[0]/is[0], is[0]/was[0]) > much {
			list = append(list, event{float64(r.Epochs[i-1].Epoch), "lr " + label(round(is[0]))})
		}
	}
	if changes > few {
		return nil
	}
	return list
}

// controls returns the commands that r was given, at their places.
func (r *Run) controls() []event {
	var list []event
	for _, c := range r.Controls {
		text := string(c.Action)
		if len(c.LR) > 0 {
			text = fmt.Sprint("set: lr ", label(round(c.LR[0])))
		}
		list = append(list, event{c.Passed, text})
	}
	return list
}

// round returns v with four digits: 0.01, not 0.010000000000000002.
func round(v float64) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 4, 64), 64)
	if err != nil {
		return v
	}
	return r
}
