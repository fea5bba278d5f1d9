package data

import (
	"fmt"
	"strconv"
	"strings"
)

// ParseFold reads which fold, of how many: "2/5" is the second of five.
func ParseFold(text string) (k, n int, err error) {
	first, second, _ := strings.Cut(text, "/")
	k, errK := strconv.Atoi(first)
	n, errN := strconv.Atoi(second)
	if errK != nil || errN != nil || n < 2 || k < 1 || k > n {
		return 0, 0, fmt.Errorf("data: fold: got %q, want K/N, such as 1/5: N at least 2, and K from 1 to N", text)
	}
	return k, n, nil
}

// TakeFold returns one of the Folds of set, which fold names as ParseFold reads it.
func TakeFold(set Dataset, fold string, seed uint64) (train, valid Dataset, err error) {
	k, n, err := ParseFold(fold)
	if err != nil {
		return nil, nil, err
	}
	all, err := Folds(set, n, seed)
	if err != nil {
		return nil, nil, err
	}
	return all[k-1].Train, all[k-1].Valid, nil
}
