package cluster

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Error says why an exchange failed, and who waited for whom.
type Error struct {
	Rank, Size int
	Call       string        // such as "AllGather"
	Waited     time.Duration // until it failed
	For        []int         // the ranks that had not sent or not taken their part; none if Err says enough
	Err        error         // nil: the timeout is over
}

func (e *Error) Error() string {
	text := fmt.Sprintf("rank %d of %d waited %v in %s", e.Rank, e.Size, e.Waited.Round(time.Millisecond), e.Call)
	if len(e.For) > 0 {
		text += " for " + ranks(e.For)
	}
	if e.Err != nil {
		return text + ": " + e.Err.Error()
	}
	if len(e.For) == 1 {
		return text + ", which has died or hangs"
	}
	return text + ", which have died or hang"
}

func (e *Error) Unwrap() error { return e.Err }

// ranks returns a list of ranks as a text. It is short, however many ranks there are.
func ranks(list []int) string {
	const most = 8
	if len(list) == 1 {
		return "rank " + strconv.Itoa(list[0])
	}
	words := make([]string, 0, most)
	for _, r := range list[:min(most, len(list))] {
		words = append(words, strconv.Itoa(r))
	}
	text := "ranks " + strings.Join(words, ", ")
	if more := len(list) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
