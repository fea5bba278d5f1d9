package serve

import (
	"strings"
	"testing"

	"anneal/internal/limittest"
)

// FuzzOptions reads hosts, origins and tokens. What is taken fits into a header, and is read again as the same.
func FuzzOptions(f *testing.F) {
	for _, text := range []string{
		"*", "null", "example.com", "example.com:8080", "[::1]:80", "https://example.com:443/", "x://", "a b", "http://a@b",
		"", "0123456789abcdef", "https://EXAMPLE.com", "\r\n", "a/", "%41",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for name, parse := range map[string]func(string) (string, error){
			"host": ParseHost, "origin": ParseOrigin, "token": ParseToken,
		} {
			limittest.Small.Run(t, name, func() {
				got, err := parse(text)
				limittest.OneLine(t, err)
				if err != nil {
					return
				}
				if strings.ContainsAny(got, "\r\n\x00") {
					t.Errorf("%s %q: got %q", name, text, got)
				}
				if again, err := parse(got); err != nil || again != got {
					t.Errorf("%s %q: got %q, and again %q, %v", name, text, got, again, err)
				}
			})
		}
	})
}
