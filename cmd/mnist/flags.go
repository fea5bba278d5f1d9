package main

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"

	"anneal/data"
	"anneal/graph"
	"anneal/models"
	"anneal/schedules"
	"anneal/solvers"
)

// empty is the error of a flag that is given and empty, as in --init "$WEIGHTS" where WEIGHTS is not set: without it that would be
// the same as no flag.
func empty(command *kong.Context) error {
	for _, p := range command.Path {
		if p.Flag == nil || p.Resolved {
			continue
		}
		switch v := reflect.ValueOf(command.FlagValue(p.Flag)); v.Kind() {
		case reflect.String, reflect.Slice:
			if v.Len() == 0 {
				return fmt.Errorf("--%s: is empty, want %s or no such flag", p.Flag.Name, p.Flag.PlaceHolder)
			}
		}
	}
	return nil
}

// values reads flags that take several values as kong does, but also values that begin with a hyphen, so that --lr -1 is a rate of -1.
func values() kong.Mapper {
	mappers := kong.NewRegistry().RegisterDefaults()
	return kong.MapperFunc(func(ctx *kong.DecodeContext, target reflect.Value) error {
		if token := ctx.Scan.Peek(); ctx.Value.Flag != nil && token.Type == kong.UntypedToken {
			ctx.Scan.Pop()
			ctx.Scan.PushTyped(token.Value, kong.FlagValueToken)
		}
		return mappers.ForValue(target).Decode(ctx, target)
	})
}

// modelFlag is a model of the registry by its name.
type modelFlag struct {
	name string
	draw graph.Model
}

func (f *modelFlag) UnmarshalText(text []byte) (err error) {
	f.name = string(text)
	f.draw, err = models.Get(f.name)
	return err
}

// solverFlag is a solver by its spec.
type solverFlag struct{ solvers.Algorithm }

func (f *solverFlag) UnmarshalText(text []byte) (err error) {
	f.Algorithm, err = solvers.Parse(string(text))
	return err
}

// scheduleFlag is a schedule by its spec.
type scheduleFlag struct{ schedules.Schedule }

func (f *scheduleFlag) UnmarshalText(text []byte) (err error) {
	f.Schedule, err = schedules.Parse(string(text))
	return err
}

// augmentFlag is augmentations by their spec.
type augmentFlag struct{ data.Compose }

func (f *augmentFlag) UnmarshalText(text []byte) (err error) {
	f.Compose, err = data.ParseAugment(string(text))
	return err
}

// noRate tells those who look for the rate, which other programs have as a flag, where it is.
type noRate struct{}

func (noRate) UnmarshalText(text []byte) error {
	return fmt.Errorf("got %q, want the rate within the solver, such as --solver 'SGD(lr=0.01, momentum=0.9)'", text)
}

// metrics are numbers with commas between them.
type metrics []float64

func (m *metrics) UnmarshalText(text []byte) error {
	for part := range strings.SplitSeq(string(text), ",") {
		v, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil {
			return fmt.Errorf("got %q, want numbers with commas between them", part)
		}
		*m = append(*m, v)
	}
	return nil
}
