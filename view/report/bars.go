package report

import (
	"fmt"
	"math"
)

// Bars are shares of 1 as bars, each with an interval.
type Bars struct {
	Title string
	Hint  string // below the title
	Bars  []Bar
}

// Bar is one of the shares, from 0 to 1, with its interval.
type Bar struct {
	Name             string
	Share, Low, High float64
}

// Text returns the share and its interval in %.
func (b Bar) Text() string {
	return fmt.Sprintf("%.0f %% (%.0f to %.0f %%)", 100*b.Share, 100*b.Low, 100*b.High)
}

// Width returns the length of the bar in a drawing that is 100 wide.
func (b Bar) Width() float64 { return part(b.Share) }

// From and To return the ends of the interval in the same drawing.
func (b Bar) From() float64 { return part(b.Low) }

// To is the other end; see From.
func (b Bar) To() float64 { return part(b.High) }

func part(share float64) float64 { return math.Round(1e4*min(1, max(0, share))) / 100 }
