package data

import (
	"fmt"
	"testing"

	"anneal/internal/limittest"
)

// FuzzParseFold reads which fold, of how many. What is read is one of them, and is read again as the same.
func FuzzParseFold(f *testing.F) {
	for _, text := range []string{"2/5", "1/2", "0/5", "6/5", "1/", "/2", "+1/02", "1/2/3", "1/9223372036854775808"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		limittest.Small.Run(t, "a fold", func() {
			k, n, err := ParseFold(text)
			limittest.OneLine(t, err)
			if err != nil {
				return
			}
			if n < 2 || k < 1 || k > n {
				t.Errorf("%q: got fold %d of %d", text, k, n)
			}
			if k2, n2, err := ParseFold(fmt.Sprintf("%d/%d", k, n)); err != nil || k2 != k || n2 != n {
				t.Errorf("%q: got %d/%d, and again %d/%d, %v", text, k, n, k2, n2, err)
			}
		})
	})
}
