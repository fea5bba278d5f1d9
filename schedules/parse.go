package schedules

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"anneal/internal/spec"
)

// Parse reads a schedule's spec, such as StepLR(5, 0.1), and validates it. Names and keys are PyTorch's, names may be
// all in lower case; none is the constant rate; verbose and last_epoch=-1, which change no rate, are read over. An error
// points at the column and lists what there is.
func Parse(text string) (Schedule, error) {
	call, err := spec.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("schedule %q: %w", text, err)
	}
	s, err := read(call)
	if err != nil {
		return nil, fmt.Errorf("schedule %q: %w", text, err)
	}
	return s, nil
}

type reader struct {
	name string
	read func(spec.Value) (Schedule, error)
}

func readers() []reader {
	return []reader{
		{"none", bind[Constant]},
		{"Constant", bind[Constant]},
		{"LambdaLR", refuseLambda},
		{"MultiplicativeLR", bind[MultiplicativeLR]},
		{"StepLR", bind[StepLR]},
		{"MultiStepLR", bind[MultiStepLR]},
		{"ConstantLR", bind[ConstantLR]},
		{"LinearLR", bind[LinearLR]},
		{"ExponentialLR", bind[ExponentialLR]},
		{"PolynomialLR", bind[PolynomialLR]},
		{"CosineAnnealingLR", bind[CosineAnnealingLR]},
		{"CosineAnnealingWarmRestarts", bind[CosineAnnealingWarmRestarts]},
		{"CosineCycleDecayLR", bind[CosineCycleDecayLR]},
		{"CyclicLR", bind[CyclicLR]},
		{"OneCycleLR", bind[OneCycleLR]},
		{"InverseTimeLR", bind[InverseTimeLR]},
		{"InverseSqrtLR", bind[InverseSqrtLR]},
		{"WSDLR", bind[WSDLR]},
		{"WarmupLR", bind[WarmupLR]},
		{"SequentialLR", bind[SequentialLR]},
		{"ChainedScheduler", bind[ChainedScheduler]},
		{"ReduceLROnPlateau", bind[ReduceLROnPlateau]},
	}
}

func read(call spec.Value) (Schedule, error) {
	known := readers()
	names := make([]string, len(known))
	for i, r := range known {
		names[i] = r.name
	}
	name, err := spec.Name(call, "schedule", names)
	if err != nil {
		return nil, err
	}
	for _, r := range known {
		if r.name == name {
			return r.read(call)
		}
	}
	panic("unreachable")
}

// bind reads a T.
func bind[T Schedule, P interface {
	*T
	settings() []spec.Param
}](call spec.Value) (Schedule, error) {
	var s T
	if err := spec.Bind(asWritten(call), P(&s).settings()...); err != nil {
		return nil, err
	}
	if err := s.Validate(); err != nil {
		return nil, spec.Errorf(call.Col, "%v", err)
	}
	return s, nil
}

// asWritten leaves out what PyTorch's lines may say that changes no rate: verbose, and last_epoch=-1, a start from 0.
func asWritten(call spec.Value) spec.Value {
	call.Args = slices.DeleteFunc(slices.Clone(call.Args), func(a spec.Arg) bool {
		return a.Key == "verbose" && a.Value.Kind == spec.Bool || a.Key == "last_epoch" && a.Value.String() == "-1"
	})
	return call
}

func refuseLambda(call spec.Value) (Schedule, error) {
	return nil, spec.Errorf(call.Col, "LambdaLR takes a Go function and has no spec; use it from Go")
}

// nested declares a setting that is a schedule.
func nested(key string, dest *Schedule) spec.Param {
	return spec.Custom(key, func(v spec.Value) (err error) {
		if v.Kind != spec.Call {
			return errors.New("a schedule, such as StepLR(5, 0.1)")
		}
		*dest, err = read(v)
		return err
	}, func() string { return fmt.Sprint(*dest) })
}

// nestedList declares a setting that is a list of schedules.
func nestedList(key string, dest *[]Schedule) spec.Param {
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
	})
}
