package schedules

import (
	"errors"
	"fmt"
	"strings"

	"anneal/internal/spec"
)

// registry lists the schedules that have a spec, and those that a line of PyTorch may name.
func registry() spec.Registry[Schedule] { // no variable, since schedules that hold schedules need it
	r := spec.Registry[Schedule]{What: "schedule", Ignored: ignored, Spare: spare, Hints: hints, Translate: translate}
	r.Entries = []spec.Entry[Schedule]{
		entry[Constant]("none"),
		entry[Constant]("Constant"),
		entry[LambdaLR]("LambdaLR"),
		entry[MultiplicativeLR]("MultiplicativeLR"),
		entry[StepLR]("StepLR"),
		entry[MultiStepLR]("MultiStepLR"),
		entry[ConstantLR]("ConstantLR"),
		entry[LinearLR]("LinearLR"),
		entry[ExponentialLR]("ExponentialLR"),
		entry[PolynomialLR]("PolynomialLR"),
		entry[CosineAnnealingLR]("CosineAnnealingLR"),
		entry[CosineAnnealingWarmRestarts]("CosineAnnealingWarmRestarts"),
		entry[CosineCycleDecayLR]("CosineCycleDecayLR"),
		entry[CyclicLR]("CyclicLR"),
		entry[OneCycleLR]("OneCycleLR"),
		entry[InverseTimeLR]("InverseTimeLR"),
		entry[InverseSqrtLR]("InverseSqrtLR"),
		entry[WSDLR]("WSDLR"),
		entry[SWALR]("SWALR"),
		entry[WarmupLR]("WarmupLR"),
		entry[FloorLR]("FloorLR"),
		entry[ScaledLR]("ScaledLR"),
		entry[SequentialLR]("SequentialLR"),
		entry[ChainedScheduler]("ChainedScheduler"),
		entry[ReduceLROnPlateau]("ReduceLROnPlateau"),
	}
	return r
}

func entry[S Schedule, P declared[S]](name string) spec.Entry[Schedule] {
	return spec.Entry[Schedule]{Name: name, New: func() ([]spec.Setting, func() Schedule) {
		s := new(S)
		return P(s).settings(), func() Schedule { return *s }
	}}
}

// Parse reads a schedule's spec, such as StepLR(5, 0.1), and validates it. Names and keys are PyTorch's, and names may
// be in lower case. The name none is the constant rate. The settings verbose and last_epoch=-1, which change no rate,
// are accepted and ignored, and so is what stands around a call in a program; see package spec. The error says what is
// wrong, in which column, and what is allowed.
func Parse(text string) (Schedule, error) { return registry().Parse(text) }

// Signatures lists all schedules that Parse reads, with the keys and defaults of their settings, such as
// StepLR(step_size, gamma=0.1).
func Signatures() []string { return registry().Signatures() }

// ignored reports whether an argument that PyTorch's lines may have changes no rate: verbose, and last_epoch=-1, a
// start from 0.
func ignored(a spec.Arg) bool {
	return a.Key == "verbose" && (a.Value.Kind == spec.Bool || a.Value.Kind == spec.String) ||
		a.Key == "last_epoch" && a.Value.String() == "-1"
}

// spare reports whether an argument after all settings changes no rate: last_epoch, verbose, or ChainedScheduler's
// optimizer.
func spare(v spec.Value) bool {
	return v.String() == "-1" || v.Kind == spec.Bool || v.Kind == spec.Call && len(v.Args) == 0
}

// hints says what to do instead of settings that lines from elsewhere have.
var hints = map[string]string{
	"last_epoch": "a schedule starts from count 0, which is last_epoch=-1; a run that resumes goes on by itself",
	"scale_fn":   "a Python function cannot be read; mode has three",
}

// nested declares a setting that is a schedule.
func nested(key string, dest *Schedule) spec.Setting {
	return spec.Custom(key, func(v spec.Value) (err error) {
		if v.Kind != spec.Call {
			return errors.New("a schedule, such as StepLR(5, 0.1)")
		}
		*dest, err = read(v)
		return err
	}, func() string { return fmt.Sprint(*dest) }).Names(known)
}

func known(name string) bool { return registry().Knows(name) }

// read returns the schedule that is a part of another one.
func read(v spec.Value) (Schedule, error) {
	if len(v.Args) == 0 && !known(v.Text) && !strings.HasSuffix(v.Text, "LR") {
		return nil, spec.Errorf(v.Col, "%s is not known: want a schedule, or the line that makes it before, "+
			"as in a = StepLR(3); ChainedScheduler([a, LinearLR()])", v.Text)
	}
	return registry().Read(v)
}

// nestedList declares a setting that is a list of schedules.
func nestedList(key string, dest *[]Schedule) spec.Setting {
	return spec.Custom(key, func(v spec.Value) error {
		if v.Kind != spec.List && v.Kind != spec.Tuple {
			return errors.New("a list of schedules")
		}
		*dest = make([]Schedule, len(v.Items))
		for i, item := range v.Items {
			if item.Kind != spec.Call {
				return errors.New("a list of schedules")
			}
			var err error
			if (*dest)[i], err = read(item); err != nil {
				return err
			}
		}
		return nil
	}, func() string {
		text := make([]string, len(*dest))
		for i, s := range *dest {
			text[i] = fmt.Sprint(s)
		}
		return "[" + strings.Join(text, ", ") + "]"
	}).Names(known)
}
