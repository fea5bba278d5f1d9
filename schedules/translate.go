package schedules

import (
	"slices"
	"strings"

	"anneal/internal/spec"
)

// translate returns the call of a schedule as it is spelt here: a plateau of Keras's in PyTorch's words, and a
// OneCycleLR whose steps_per_epoch is the length of a loader without it and epochs, so that its cycle is as long as the
// run. The function of a MultiplicativeLR gets its key.
func translate(call spec.Value) (spec.Value, error) {
	path := strings.Split(call.Text, ".")
	given := func(keys ...string) bool {
		return slices.ContainsFunc(call.Args, func(a spec.Arg) bool { return slices.Contains(keys, a.Key) })
	}
	switch name := strings.ToLower(path[len(path)-1]); {
	case name == "reducelronplateau" && (slices.Contains(path, "keras") || slices.Contains(path, "callbacks") ||
		given("monitor", "min_delta")):
		return fromKeras(call)
	case name == "onecyclelr" && slices.ContainsFunc(call.Args, func(a spec.Arg) bool {
		return a.Key == "steps_per_epoch" && a.Value.Kind == spec.Call && a.Value.Text == "len"
	}):
		call.Args = slices.DeleteFunc(slices.Clone(call.Args), func(a spec.Arg) bool {
			return a.Key == "steps_per_epoch" || a.Key == "epochs"
		})
	case name == "multiplicativelr": // the function may stand where the factor does
		call.Args = slices.Clone(call.Args)
		for i, a := range call.Args {
			lambda := a.Value.Kind == spec.Opaque && strings.HasPrefix(a.Value.Text, "lambda")
			if a.Key == "" && (lambda || a.Value.Kind == spec.Call && registered(a.Value.Text)) {
				call.Args[i].Key = "lr_lambda"
			}
		}
	}
	return call, nil
}

// fromKeras returns a plateau of Keras's in PyTorch's words. Keras lowers the rate one observation earlier for the same
// patience, and begins to count one earlier after the same cooldown.
func fromKeras(call spec.Value) (spec.Value, error) {
	positions := []string{"monitor", "factor", "patience", "verbose", "mode", "min_delta", "cooldown", "min_lr"}
	add := func(key, text string, kind spec.Kind) {
		v := spec.Value{Kind: kind, Col: call.Col, Text: text}
		call.Args = append(call.Args, spec.Arg{Key: key, Col: call.Col, Value: v})
	}
	args := call.Args
	call.Args = nil
	mode, monitor, patience := "auto", "val_loss", false
	for i, a := range args {
		if a.Key == "" && i < len(positions) {
			a.Key = positions[i]
		}
		switch a.Key {
		case "monitor":
			monitor = a.Value.Text
			if monitor != "val_loss" && monitor != "val_accuracy" && monitor != "val_acc" {
				return call, spec.Errorf(a.Value.Col,
					"ReduceLROnPlateau: monitor is %s: want 'val_loss' or 'val_accuracy'", a.Value)
			}
			continue
		case "mode":
			mode = a.Value.Text
			continue
		case "verbose":
			continue
		case "min_delta":
			a.Key = "threshold"
		case "patience", "cooldown":
			patience = patience || a.Key == "patience"
			if a.Value.Kind == spec.Number && a.Value.Float() >= 1 {
				a.Value = spec.NumberOf(a.Value.Col, a.Value.Float()-1)
			}
		}
		call.Args = append(call.Args, a)
	}
	if mode == "auto" {
		mode = "min"
		if monitor != "val_loss" {
			mode = "max"
		}
	}
	add("mode", mode, spec.String)
	add("threshold_mode", "abs", spec.String)
	add("eps", "0", spec.Number)
	if !patience {
		add("patience", "9", spec.Number) // 10 of Keras's
	}
	return call, nil
}
