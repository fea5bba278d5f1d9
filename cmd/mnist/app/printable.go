package app

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// printable returns a line of text with escapes, as in Go, for all that is not printed or that a terminal might take
// for a command: control characters, the end of a line, marks that turn the direction of writing, bytes that are no
// UTF-8. Names in files come from anywhere.
func printable(text string) string {
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

// The most bytes of an error, of a line of the log, or of a value that inspect prints, and of a name in a table.
const (
	maxLine = 16 << 10
	maxName = 1 << 10
)

// brief returns text, or its beginning and its end if it has more than most bytes.
func brief(text string, most int) string {
	if len(text) <= most {
		return text
	}
	begin, end := most*3/4, len(text)-most/4
	for !utf8.RuneStart(text[begin]) && begin > 0 {
		begin--
	}
	for end < len(text) && !utf8.RuneStart(text[end]) {
		end++
	}
	return fmt.Sprintf("%s… %d bytes …%s", text[:begin], end-begin, text[end:])
}

// printableJSON is printable for JSON of several lines, in which what it escapes stays the same text.
func printableJSON(text string) string {
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
