package app

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The test set has no 7, 8 and 9: they have no recall, wherever it is printed, written or drawn.
func TestAbsentClasses(t *testing.T) {
	dir, set, small := t.TempDir(), dataset(t, 100, 28), dataset(t, 7, 28)
	for _, name := range []string{"t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"} {
		write(t, filepath.Join(set, name), content(t, small, name))
	}
	got := mnist(t, dir, "--data", set, "--model", "mlp", "--epochs", "1", "--out", "run", "--quiet")
	if got.code != exitOK {
		t.Fatalf("got %+v", got)
	}
	eval := []string{"eval", "--init", "run/final.safetensors", "--data", set, "--per-class", "--quiet"}
	if got := mnist(t, dir, eval...); !regexp.MustCompile(`(?m)^ +7 +\S+ +– +0 +0`).MatchString(got.stdout) {
		t.Errorf("got %+v, want no recall of class 7", got)
	}
	absent := regexp.MustCompile(`"recall":\[[^]n]*,null,null,null\]`)
	if got := mnist(t, dir, append(eval, "--format", "json")...); !absent.MatchString(spaceless(got.stdout)) {
		t.Errorf("got %+v, want null as the recall of 7, 8 and 9", got)
	}
	if lines := string(content(t, dir, "run", "metrics.jsonl")); !absent.MatchString(lines) {
		t.Errorf("got %s, want null as the recall of 7, 8 and 9", lines)
	}
	page := string(content(t, dir, "run", "report.html"))
	row := regexp.MustCompile(`<tr><th scope="row">7</th>.*</tr>`).FindString(page)
	if !strings.HasSuffix(row, "<td>–</td></tr>") {
		t.Errorf("the page has %s, want no recall", row)
	}
}

func spaceless(text string) string { return strings.Join(strings.Fields(text), "") }
