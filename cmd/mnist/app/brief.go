package app

import (
	"fmt"
	"unicode/utf8"
)

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
