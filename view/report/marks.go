package report

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
)

// marks are the drops of the rate that all runs share, and what was done to a run while it went on if there is only one.
func marks(runs []Run) []event {
	if len(runs) == 0 {
		return nil
	}
	list := runs[0].drops()
	for i := range runs[1:] {
		if !reflect.DeepEqual(runs[i+1].drops(), list) {
			return nil
		}
	}
	if len(runs) == 1 {
		list = append(list, runs[0].controls()...)
	}
	return list
}

// drops are the moments after which the rate is another one, unless that is a matter of course.
func (r *Run) drops() []event {
	const few, much = 6, 1.5
	var list []event
	for i := 1; i < len(r.Epochs); i++ {
		was, is := r.Epochs[i-1].LR, r.Epochs[i].LR
		if len(was) > 0 && len(is) > 0 && was[0] > 0 && is[0] > 0 && max(was[0]/is[0], is[0]/was[0]) > much {
			list = append(list, event{float64(r.Epochs[i-1].Epoch), "lr " + label(round(is[0]))})
		}
	}
	if len(list) > few {
		return nil
	}
	return list
}

// controls are the commands that r was given, at their steps.
func (r *Run) controls() []event {
	var list []event
	for _, c := range r.Controls {
		at := float64(c.Epoch - 1)
		if batch, samples := r.record().Batch, r.record().Train.Samples; batch > 0 && samples > 0 {
			at = float64(c.Step) / math.Ceil(float64(samples)/float64(batch))
		}
		text := string(c.Action)
		if len(c.LR) > 0 {
			text = fmt.Sprint("set: lr ", label(round(c.LR[0])))
		}
		list = append(list, event{at, text})
	}
	return list
}

// round rounds to what is worth reading: 0.01, not 0.010000000000000002.
func round(v float64) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 4, 64), 64)
	if err != nil {
		return v
	}
	return r
}
