// Package plural writes counts of things in messages.
package plural

import "strconv"

// Of returns n with the noun one in the singular or plural: 1 epoch, 2 epochs, 0 epochs, 3 classes.
func Of(n int, one string) string {
	switch {
	case n == 1:
		return "1 " + one
	case one[len(one)-1] == 's':
		return strconv.Itoa(n) + " " + one + "es"
	}
	return strconv.Itoa(n) + " " + one + "s"
}
