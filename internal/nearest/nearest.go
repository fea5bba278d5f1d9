// Package nearest finds the name that a misspelt word was meant to be.
package nearest

import (
	"strings"
	"unicode/utf8"
)

// Of returns the name that is at most two letters away from word, in upper or lower case, the nearest of several, or
// "". A name of few letters must be nearer, since any short word is near to it.
func Of(word string, names []string) string {
	best, least := "", 3
	typed := []rune(strings.ToLower(word))
	if len(typed) > longest {
		return ""
	}
	for _, name := range names {
		n := utf8.RuneCountInString(name)
		if n-len(typed) >= least { // also a name of megabytes
			continue
		}
		if d := distance(typed, []rune(strings.ToLower(name))); d < least && d < n-1 {
			best, least = name, d
		}
	}
	return best
}

// Hint returns "; did you mean NAME?" for the end of an error about word, or "" if no name is near.
func Hint(word string, names []string) string {
	if name := Of(word, names); name != "" {
		return "; did you mean " + name + "?"
	}
	return ""
}

// longest is the number of letters above which a word is no slip of a name.
const longest = 64

// distance returns how many letters must be put in, taken out, replaced or exchanged with the next to make b of a.
func distance(a, b []rune) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
		for j := range rows[i] {
			if i == 0 {
				rows[i][j] = j
			}
			if i == 0 || j == 0 {
				continue
			}
			changed := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				changed++
			}
			rows[i][j] = min(changed, rows[i-1][j]+1, rows[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
