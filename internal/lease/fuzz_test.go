package lease

import (
	"strings"
	"testing"

	"anneal/internal/limittest"
)

// FuzzParse reads the file of a lease. What is read is written as a line of the same length as any other, and read
// again as the same, unless a name in it is cut.
func FuzzParse(f *testing.F) {
	here := self()
	for _, text := range []string{
		here.String(), strings.Replace(here.String(), "held", "released", 1), "", "\n", here.String()[:40],
		"held 1 machine= process=0 started= host=\n", "held -1 machine=a process=x started=1 host=b\n",
		"held 1 machine=" + strings.Repeat("é", 200) + " process=7 started=1 host=" + strings.Repeat("x", 200) + "\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > maxFile {
			t.Skip("not read")
		}
		limittest.Small.Run(t, "a lease", func() {
			h, ok := parse(text)
			if !ok {
				return
			}
			line := h.String()
			if len([]rune(line)) < 255 || strings.Count(line, "\n") != 1 {
				t.Errorf("%+v: got the line %q", h, line)
			}
			again, ok := parse(line)
			if cut := len(h.machine) > 80 || len(h.host) > 60 || len(h.started) > 20; !cut && (!ok || again != h) {
				t.Errorf("%q: got %+v, and again %+v, %t", text, h, again, ok)
			}
		})
	})
}
