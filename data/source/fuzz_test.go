package source

import (
	"testing"
	"time"

	"anneal/internal/limittest"
)

// FuzzParse reads specs. One that is read has a text that gives the same spec.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"", "pets?image_size=32x48&skip_bad", "houses.csv?target=price&drop=id,name&drop=%22a,b%22&test=0.1",
		"emnist?split=letters", "novel.txt?length=100&stride=2&bytes=true", "make_moons(noise=0.1)?test=5",
		"make_blobs(n_samples=10, centers=3, n_features=2)", "x?test=1e999", "a?b?c=d", "x?drop=\"",
		"x.csv?drop=a\r\nb", "a\nb?c=d", "a\nb?test=%%", "x?drop=%22a\r\r\nb%22,,%22c%22%22%22&drop=",
	} {
		f.Add(text)
	}
	limits := limittest.Limits{Bytes: 64 << 20, Time: time.Second}
	f.Fuzz(func(t *testing.T, text string) {
		limits.Run(t, "a spec", func() {
			s, err := Parse(text)
			if err != nil {
				limittest.OneLine(t, err)
				return
			}
			again, err := Spec{Path: s.Path}.With(s.Query())
			if err != nil || again.String() != s.String() {
				t.Errorf("%q: its text %q gives %v, %v", text, s, again, err)
			}
		})
	})
}
