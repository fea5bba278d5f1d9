package charts_test

import (
	"fmt"
	"strings"

	"anneal/view/charts"
)

// A page that holds the scripts and the styles loads nothing else.
func Example() {
	page := "<!doctype html><style>" + charts.Style + "</style><script>" + charts.Script + "</script>"
	fmt.Println(strings.Contains(page, "uPlot"), strings.Count(page, "</script>"))
	// Output: true 1
}
