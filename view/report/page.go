package report

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"path/filepath"
	"slices"
	"strings"

	"anneal/internal/atomicfile"
	"anneal/internal/plural"
	"anneal/runs"
	"anneal/view/charts"
	"anneal/view/language"
)

// Page is one HTML file about one run or several: how they ended, curves with a band over the seeds of each setting,
// tables to sort, parallel coordinates, heat maps and, for each run, its confusion matrix, its worst mistakes, its
// settings and the command to repeat it. The file has all that it needs in it and forbids the browser to ask for
// anything.
type Page struct {
	Title    string // "": made from the runs
	Command  string // that made what the page shows; "": the one in the Record, if there is one run
	Runs     []Run  // the colours are in their order
	Open     int    // further runs that have not ended
	Best     string // the name of the best setting; "": the one whose runs ended best
	Ranking  *Table // before everything else; nil: none
	Parallel *Parallel
	Bars     *Bars
	Tables   []Table
	HeatMaps []HeatMap
}

//go:embed page
var files embed.FS

var (
	page = template.Must(template.New("page.html").
		Funcs(template.FuncMap{"column": column, "head": head, "cell": cell, "words": words, "many": many}).
		ParseFS(files, "page/page.html", "page/compared.html"))
	style  = charts.Style + file("page/page.css") + file("page/compared.css")
	script = charts.Script + language.Plain
	start  = "const words = " + file("page/words.json") + ";\n" +
		file("page/packed.js") + file("page/translate.js") + file("page/rows.js") +
		file("page/compared.js") + file("page/page.js")
)

// file returns the text of an embedded file.
func file(name string) string {
	b, err := files.ReadFile(name)
	if err != nil {
		panic("report: " + err.Error()) // it is embedded above
	}
	return string(b)
}

// view is what the template shows.
type view struct {
	Title, Command string
	Subtitle       *phrase
	Policy         string
	Style          template.CSS
	Script, Start  template.JS
	Data, Folded   template.HTML // packed: Groups, and what is folded of Details if there are several
	Facts          []fact
	Findings       []phrase
	Compared       *comparedView
	Notices        []string // what went wrong
	Groups         []group
	Ranking        *Table
	Parallel       *parallelView
	Bars           *Bars
	Tables         []Table
	HeatMaps       []heatGroup
	Strips         []strip
	Details        []detail
}

// Save writes the page. A file that is there is replaced, as a whole or not at all.
func (p Page) Save(path string) error {
	if e := strings.ToLower(filepath.Ext(path)); e != ".html" && e != ".htm" {
		return fmt.Errorf("report: %s: want a name that ends in .html", path)
	}
	content, err := p.HTML()
	if err != nil {
		return fmt.Errorf("report: %s: %w", path, err)
	}
	if err := atomicfile.Write(path, content); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

// HTML returns the page.
func (p Page) HTML() ([]byte, error) {
	v := view{
		Title: p.title(), Subtitle: p.subtitle(), Command: p.command(), Facts: p.facts(),
		Notices: notices(p.Runs), Strips: strips(p.Runs), Ranking: p.Ranking, Parallel: p.Parallel.view(), Bars: p.Bars,
		Tables: slices.Concat(p.Tables, tables(p.Runs), shiftTable(p.Runs)),
		Style:  template.CSS(style), Script: template.JS(script), Start: template.JS(start),
		Policy: fmt.Sprintf("default-src 'none'; script-src '%s' '%s'; style-src '%s'; "+
			"img-src data:; base-uri 'none'; form-action 'none'", digest(script), digest(start), digest(style)),
	}
	if charts := slices.DeleteFunc(curves(p.Runs), chart.empty); len(charts) > 0 {
		v.Groups = append(v.Groups, group{
			Title: "Curves", Charts: charts,
			Hint: "Drag across a chart to zoom in, double-click to see all of it again. Arrow keys move along the curves.",
		})
	}
	v.Groups = append(v.Groups, inside(p.Runs)...)
	times := clocks(p.Runs)
	for n, g := range v.Groups {
		v.Groups[n].Index, v.Groups[n].Clocks = n, times
		for i := range g.Charts {
			if g.Small {
				g.Charts[i].Height = 190
			}
		}
	}
	v.HeatMaps = heatGroups(p.HeatMaps)
	if len(p.Runs) > 1 {
		list := compare(p.Runs)
		v.Findings = []phrase{p.counted(list)}
		if len(list) > 0 {
			v.Findings = append(v.Findings, list[0].findings()...)
		}
		var err error
		if v.Compared, err = newComparedView(list); err != nil {
			return nil, err
		}
	}
	for i := range p.Runs {
		d, err := p.Runs[i].detail()
		if err != nil {
			return nil, err
		}
		v.Details = append(v.Details, d)
	}
	var err error
	if len(v.Details) > 1 {
		if v.Folded, err = fold(v.Details); err != nil {
			return nil, err
		}
	}
	if v.Data, err = packed(append([]group{}, v.Groups...)); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := page.Execute(&b, v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// digest returns the name of a script or a style in a Content-Security-Policy.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

func (p Page) title() string {
	switch {
	case p.Title != "":
		return p.Title
	case len(p.Runs) == 1:
		return p.Runs[0].Name
	}
	return fmt.Sprintf("%s of %s", plural.Of(len(p.Runs), "run"), plural.Of(len(settings(p.Runs)), "setting"))
}

// subtitle says what was trained.
func (p Page) subtitle() *phrase {
	if len(p.Runs) != 1 || p.Runs[0].Record == nil {
		return nil
	}
	r := p.Runs[0].Record
	pattern := "{model}, {solver}, {schedule} per epoch, batch {n}, seed {s}"
	if r.Interval == runs.PerStep {
		pattern = "{model}, {solver}, {schedule} per step, batch {n}, seed {s}"
	}
	says := say(pattern, "model", r.Model, "solver", r.Solver, "schedule", r.Schedule, "n", r.Batch, "s", r.Seed)
	return &says
}

func (p Page) command() string {
	if p.Command == "" && len(p.Runs) == 1 {
		return p.Runs[0].command()
	}
	return p.Command
}
