package app

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"anneal/internal/longtest"
)

// Every flag that takes a number, or several, says what is right when it gets -1, after a space or after an equals
// sign.
func TestNegativeNumbers(t *testing.T) {
	longtest.SkipIfRace(t, "parses dozens of command lines")
	parser, err := newParser(&cli{}, asMNIST(t))
	if err != nil {
		t.Fatal(err)
	}
	checked := map[string]bool{}
	for _, command := range parser.Model.Leaves(true) {
		for _, flag := range command.Flags {
			kind := flag.Target.Type()
			if kind.Kind() == reflect.Slice && flag.Name != "metrics" { // which may be negative
				kind = kind.Elem()
			}
			number := flag.Name == "lr" || flag.Name == "batch" // which may be ranges, too
			if k := kind.Kind(); k != reflect.Int && k != reflect.Uint64 && k != reflect.Float64 && !number {
				continue
			}
			checked[command.Name+" "+flag.Name] = true
			for _, args := range [][]string{{"--" + flag.Name, "-1"}, {"--" + flag.Name + "=-1"}} {
				args = append([]string{command.Name}, args...)
				var stdout, stderr bytes.Buffer
				code := run(t.Context(), args, &stdout, &stderr)
				if want := "mnist: --" + flag.Name + `: got "-1", want `; code != exitUsage ||
					!strings.HasPrefix(stderr.String(), want) {
					t.Errorf("%v: got code %d and %swant %s…", args, code, &stderr, want)
				}
			}
		}
	}
	for _, flag := range []string{
		"train lr", "train seed", "train epochs", "compare lr", "compare batch",
		"compare seed", "schedule lr", "lrfind to", "bench seconds",
	} {
		if !checked[flag] {
			t.Errorf("%s was not tried: got %v", flag, checked)
		}
	}
}

// What a negative number is not wrong for, several values take as well.
func TestValuesWithHyphens(t *testing.T) {
	var stdout, stderr bytes.Buffer
	args := []string{"schedule", "ReduceLROnPlateau(patience=0)", "--metrics", "-1,-2,-1.5", "--format", "csv"}
	if code := run(t.Context(), args, &stdout, &stderr); code != exitOK ||
		!strings.HasSuffix(stdout.String(), "3,0.010000000000000002\n") {
		t.Errorf("got code %d, %q, %q", code, &stdout, &stderr)
	}
}
