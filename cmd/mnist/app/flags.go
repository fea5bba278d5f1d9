package app

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"

	"anneal/data"
	"anneal/schedules"
	"anneal/solvers"
)

// empty returns an error if a flag is given an empty value, as in --init "$WEIGHTS" where WEIGHTS is not set. Otherwise
// the command would run as if the flag were not there.
func empty(command *kong.Context) error {
	for _, p := range command.Path {
		if p.Flag == nil || p.Resolved {
			continue
		}
		v := reflect.ValueOf(command.FlagValue(p.Flag))
		if v.Kind() == reflect.Slice && v.Len() == 1 {
			v = v.Index(0)
		}
		if k := v.Kind(); (k == reflect.String || k == reflect.Slice) && v.Len() == 0 {
			return fmt.Errorf("--%s is empty: give it %s, or leave the flag out", p.Flag.Name, p.Flag.PlaceHolder)
		}
	}
	return nil
}

// maxList is the size of the longest list of values on the command line, in bytes.
const maxList = 16 << 10

// values reads flags that take several values as kong does, and also accepts values that begin with a hyphen: --lr -1
// is a rate of -1. A comma inside parentheses separates no values.
func values() kong.Mapper {
	mappers := kong.NewRegistry().RegisterDefaults()
	return kong.MapperFunc(func(ctx *kong.DecodeContext, target reflect.Value) error {
		if token := ctx.Scan.Peek(); ctx.Value.Flag != nil && token.Type == kong.UntypedToken {
			ctx.Scan.Pop()
			ctx.Scan.PushTyped(token.Value, kong.FlagValueToken)
		}
		if text, ok := ctx.Scan.Peek().Value.(string); ok && ctx.Value.Flag != nil && ctx.Value.Tag.Sep == ',' {
			if len(text) > maxList { // kong takes a time that grows with its square
				return fmt.Errorf("got values of %d bytes, want at most %d: give the flag several times", len(text), maxList)
			}
			kind := ctx.Scan.Pop().Type
			ctx.Scan.PushTyped(whole(text), kind)
		}
		return mappers.ForValue(target).Decode(ctx, target)
	})
}

// whole escapes the commas inside parentheses, at which a list of values does not end one: log(1e-4, 1),0.1 are two.
func whole(text string) string {
	var b strings.Builder
	depth := 0
	for i, c := range text {
		switch c {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth > 0 && text[max(0, i-1)] != '\\' {
				b.WriteByte('\\')
			}
		}
		b.WriteRune(c)
	}
	return b.String()
}

// solverFlag is the spec of a solver.
type solverFlag struct{ solvers.Algorithm }

func (f *solverFlag) UnmarshalText(text []byte) (err error) {
	f.Algorithm, err = solvers.Parse(string(text))
	return err
}

// scheduleFlag is the spec of a schedule.
type scheduleFlag struct{ schedules.Schedule }

func (f *scheduleFlag) UnmarshalText(text []byte) (err error) {
	f.Schedule, err = schedules.Parse(string(text))
	return err
}

// augmentFlag is the spec of augmentations.
type augmentFlag struct{ data.Compose }

func (f *augmentFlag) UnmarshalText(text []byte) (err error) {
	f.Compose, err = data.ParseAugment(string(text))
	return err
}

// noRate is a flag for the learning rate, as other programs have one. Its error says where to set the rate here.
type noRate struct{}

func (noRate) UnmarshalText(text []byte) error {
	return fmt.Errorf("got %q, want the rate as a setting of the solver, such as --solver 'SGD(lr=0.01, momentum=0.9)'",
		text)
}

// observed are numbers separated by commas, which a plateau observes.
type observed []float64

func (m *observed) UnmarshalText(text []byte) error {
	for part := range strings.SplitSeq(string(text), ",") {
		v, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil {
			return fmt.Errorf("got %q, want numbers separated by commas", part)
		}
		*m = append(*m, v)
	}
	return nil
}
