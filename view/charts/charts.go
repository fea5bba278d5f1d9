// Package charts holds the scripts and the styles that draw curves in a page, for pages that load nothing from the
// internet.
//
// The API of the scripts is at the top of charts.js. They make elements and set styles through the DOM, so a page's
// Content-Security-Policy needs no 'unsafe-inline' for scripts.
package charts

import (
	"embed"
	"strings"

	"anneal/view/paging"
)

//go:embed uPlot.iife.min.js uPlot.min.css uPlot.LICENSE *.js *.css
var files embed.FS

// Script is all of it: uPlot 1.6.32, with its licence, ours, and package paging's.
var Script = "/*! uPlot 1.6.32\n" + content("uPlot.LICENSE") + "\n*/\n" +
	content("uPlot.iife.min.js", "words.js", "turns.js", "series.js", "axes.js", "style.js", "shapes.js", "sheet.js",
		"tip.js", "hands.js", "table.js", "save.js", "address.js", "legend.js", "frame.js", "chart.js", "charts.js") +
	paging.Script

// Style goes with Script, and has package paging's style. It defines the colours of the page, in both schemes, as CSS
// variables.
var Style = content("uPlot.min.css", "charts.css") + paging.Style

// content puts files after one another.
func content(names ...string) string {
	var b strings.Builder
	for _, name := range names {
		part, err := files.ReadFile(name)
		if err != nil {
			panic("charts: " + err.Error()) // it is embedded above
		}
		b.Write(part)
		b.WriteByte('\n')
	}
	return b.String()
}
