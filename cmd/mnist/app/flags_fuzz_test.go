package app

import (
	"encoding"
	"fmt"
	"strings"
	"testing"

	"anneal/internal/limittest"
)

// FuzzFlags reads values of flags that this package parses. What is taken is printed and read again as the same; an
// error has one line.
func FuzzFlags(f *testing.F) {
	for _, text := range []string{
		"1/3", "3/1", "auto", "auto/2", "0/0", "1,28,28", "1,28", "28x28", "0x1", "none", "0.5", "1e400", "-1", "NaN",
		"0x1p-2", "999999999/999999999", "5000", "1_000", "18446744073709551615", "",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, make := range []func() encoding.TextUnmarshaler{
			func() encoding.TextUnmarshaler { return new(shareFlag) },
			func() encoding.TextUnmarshaler { return new(foldFlag) },
			func() encoding.TextUnmarshaler { return new(shapeFlag) },
			func() encoding.TextUnmarshaler { return new(imageSize) },
			func() encoding.TextUnmarshaler { return new(validFlag) },
			func() encoding.TextUnmarshaler { return new(positive) },
			func() encoding.TextUnmarshaler { return new(share) },
			func() encoding.TextUnmarshaler { return new(count) },
			func() encoding.TextUnmarshaler { return new(seed) },
			func() encoding.TextUnmarshaler { return new(meanFlag) },
			func() encoding.TextUnmarshaler { return new(stdFlag) },
		} {
			flag := make()
			limittest.Small.Run(t, fmt.Sprintf("%T", flag), func() {
				if err := flag.UnmarshalText([]byte(text)); err != nil {
					if line := message(err); strings.Contains(line, "\n") {
						t.Errorf("%T %q: got %q, want one line", flag, text, line)
					}
					return
				}
				printed, ok := flag.(fmt.Stringer)
				if !ok {
					return
				}
				again := make()
				if err := again.UnmarshalText([]byte(printed.String())); err != nil || fmt.Sprint(again) != fmt.Sprint(flag) {
					t.Errorf("%T %q: got %v, and again %v, %v", flag, text, flag, again, err)
				}
			})
		}
	})
}
