// Package printable makes one line of texts from anywhere, such as the names in a file, which no terminal takes for a
// command.
package printable

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Line returns text with escapes, as in Go, for all that is not printed or that a terminal might take for a command:
// control characters, the end of a line, marks that turn the direction of writing, bytes that are no UTF-8.
func Line(text string) string {
	plain := func(r rune) bool { return r == '\t' || unicode.IsPrint(r) }
	if utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return !plain(r) }) {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[0])
		case plain(r):
			b.WriteRune(r)
		default:
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
		text = text[size:]
	}
	return b.String()
}

// JSON is Line for JSON of several lines, in which what it escapes stays the same text.
func JSON(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r == '\n' || unicode.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}

// Error returns err, or an error that wraps it and whose text is its Line. Packages that read files return their errors
// through it where names in the file are part of them.
func Error(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	if line := Line(text); line != text {
		return &oneLine{line, err}
	}
	return err
}

// oneLine is an error in other words.
type oneLine struct {
	text string
	err  error
}

func (e *oneLine) Error() string { return e.text }

func (e *oneLine) Unwrap() error { return e.err }
