package printable

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"testing"
)

func TestLine(t *testing.T) {
	for _, c := range [][2]string{
		{"conv1.weight", "conv1.weight"},
		{"Größe 日本 'a' \"b\"\t✓", "Größe 日本 'a' \"b\"\t✓"},
		{"a\x1b[2Jb", `a\x1b[2Jb`},
		{"a\nx: checksum right\r", `a\nx: checksum right\r`},
		{"a\u009b31m\u202eb\x7f", `a\u009b31m\u202eb\x7f`},
		{"a\xffb\x9b", `a\xffb\x9b`},
		{"", ""},
	} {
		if got := Line(c[0]); got != c[1] {
			t.Errorf("%q: got %q, want %q", c[0], got, c[1])
		}
	}
}

// JSON with escapes says what it said.
func TestJSON(t *testing.T) {
	want := "a\x7f\u009b\u202e\U000e0001é✓\n"
	text, err := json.MarshalIndent(want, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	printed := JSON(string(text))
	var got string
	if err := json.Unmarshal([]byte(printed), &got); err != nil || got != want || Line(printed) != printed {
		t.Errorf("got %q from %s, %v, want %q", got, printed, err, want)
	}
}

// Errors of one line stay as they are, and others keep what they wrap.
func TestError(t *testing.T) {
	plain := fmt.Errorf("fc.weight: %w", fs.ErrNotExist)
	if got := Error(plain); got != plain || Error(nil) != nil {
		t.Errorf("got %v and %v", got, Error(nil))
	}
	got := Error(fmt.Errorf("fc.weig\nht\x1b: %w", fs.ErrNotExist))
	if want := `fc.weig\nht\x1b: file does not exist`; got.Error() != want || !errors.Is(got, fs.ErrNotExist) {
		t.Errorf("got %v, want %s", got, want)
	}
}
