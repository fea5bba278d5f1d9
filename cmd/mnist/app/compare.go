package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"anneal/internal/terminal"
	"anneal/runs"
	"anneal/study"
)

type compareCmd struct {
	Preset presetFlag `placeholder:"NAME" xor:"file" help:"${preset}"`
	File   fileFlag   `placeholder:"FILE" xor:"file" help:"${file}"`
	Recipe recipeFlag `placeholder:"NAME|FILE" xor:"file" help:"${recipe}"`
	Print  bool       `help:"Print the file of --preset or --file, as a template for a custom study; train nothing."`

	Model    []modelFlag            `default:"lenet,lenet-bn" placeholder:"NAME" help:"${models} Default: ${default}."`
	Setting  []settingFlag          `sep:"none" placeholder:"SETTING" help:"${setting}"`
	Norm     []normFlag             `sep:";" placeholder:"SPEC" help:"${norms}"`
	Solver   []ranged[solverFlag]   `sep:";" placeholder:"SPEC" help:"${solvers}"`
	Schedule []ranged[scheduleFlag] `sep:";" placeholder:"SPEC" help:"${schedules}"`
	LR       []ranged[positive]     `name:"lr" placeholder:"RATE" help:"Learning rates, in place of the solvers' own."`
	Batch    []ranged[count]        `default:"64" placeholder:"N" help:"${batch} Default: ${default}."`
	Augment  []ranged[augmentFlag]  `sep:";" placeholder:"SPEC" help:"${augments}"`
	Seed     []seed                 `placeholder:"N" help:"${seed} Default: 1,2,3, or 1 in a search."`
	searchFlags
	commonFlags

	Targets []share `default:"0.97,0.98,0.99" placeholder:"SHARE" help:"${targets} Default: ${default}."`
	Usable  share   `default:"0.9" help:"${usable}"`
	Out     string  `placeholder:"DIR" help:"${study_out}"`
	Format  string  `enum:"text,csv,json" default:"text" help:"${study_format}"`
	Jobs    count   `placeholder:"N" help:"Runs at the same time. Default: one per processor."`

	Share   shareFlag `placeholder:"K/N" xor:"share" help:"${share}"`
	Collect bool      `xor:"share" help:"${collect}"`
	liveFlags

	aboutFlags `group:"Note and log:"`
	logFlags   `group:"Note and log:"`
}

// Validate checks flags that depend on one another.
func (s *compareCmd) Validate() error {
	if s.Print && s.file() == nil {
		return errors.New("--print needs --preset or --file")
	}
	var err error
	if s.Model, err = normed(s.Model, s.Norm); err != nil {
		return err
	}
	s.Norm = nil
	if err := errors.Join(s.aboutFlags.check(), s.liveFlags.check()); err != nil {
		return err
	}
	if s.Collect && s.Live != "" {
		return fmt.Errorf("--live %s: --collect trains nothing to watch: leave out one of them", s.Live)
	}
	if err := s.checkSearch(); err != nil {
		return err
	}
	return s.commonFlags.check()
}

func (s *compareCmd) Run(ctx context.Context, c *console) error {
	if s.Print {
		content, err := s.file().content()
		if err == nil {
			_, err = c.stdout.Write(content)
		}
		return err
	}
	log := c.log(s.logFlags)
	work, cells, err := s.amount()
	if err != nil {
		return err
	}
	var page *studyPage
	over := false
	if s.Live != "" {
		if page, err = s.liveFlags.study(c, log, s.Quiet, s.dir()); err != nil {
			return err // before the data is read
		}
		defer func() { s.liveFlags.close(ctx, log, page, over, c.terminal(s.logFlags)) }()
	}
	common, pair, err := s.prepare(ctx, log, s.Model[0])
	if err != nil {
		return err
	}
	names := s.Model
	if s.Model, err = fitAll(s.Model, common.Train); err != nil {
		return err
	}
	noteOtherData(ctx, log.Warn, s.Init, pair)
	common.Unchosen = len(s.Schedule) == 0 && len(s.Setting) == 0
	if s.ScaleLR != "" || s.Recipe != "" {
		common.ReferenceBatch = s.reference(s.Recipe)
	}
	common.Notes = pair.notes()
	common.Notes[noteArguments], common.Notes[noteCommand] = c.args, c.program.commandOf(c.args)
	s.Recipe.note(common.Notes)
	common.About = s.about()
	config := study.Config{
		Common: common, Dir: s.dir(), Jobs: int(s.Jobs), Usable: float64(s.Usable),
		Rank: true, Share: s.Share.Share,
	}
	if s.Search == "" {
		config.Matrix = s.matrix()
		if cells, err = config.Matrix.Cells(); err != nil { // of models that fit, which may have other names
			return err
		}
	} else if err := s.search(&config, names); err != nil {
		return err
	}
	for _, target := range s.Targets {
		config.Targets = append(config.Targets, float64(target))
	}
	watch := newWatch(log, cells, s.Share.size(len(cells)), c.terminal(s.logFlags))
	reports := newReporting(c.program.commandOf(c.args))
	config.Observer = watch.observe
	config.Written = func(r *study.Results) error {
		watch.ranked(r)
		return reports.written(r)
	}
	if page != nil {
		page.begin(&config, cells)
	}
	results, err := s.run(ctx, log, config, work, len(cells))
	watch.stop()
	if page != nil && ctx.Err() != nil {
		page.End(runs.Interrupted)
	}
	if err != nil {
		if so := reports.undrawn; so != nil {
			if drawing := reports.draw(); drawing != nil {
				log.Warnf("the report could not be drawn: %s", message(drawing))
			} else {
				log.Infof("%s and %s in %s have the results so far", study.ResultsCSV, reportFile, so.Dir)
			}
		}
		if errors.Is(err, study.ErrOpen) && len(results.Cells) > 0 {
			if err := s.print(c.stdout, results); err != nil {
				return err
			}
		}
		if ctx.Err() != nil {
			log.Infof("%s have ended, those under way are saved; to continue, repeat the command",
				watch.progress(watch.over.Load()))
		}
		return err
	}
	if len(results.Cells) == 0 {
		log.Info("no run of the study has ended yet")
		return nil
	}
	if results.Open == 0 {
		if err := s.print(c.stdout, results); err != nil {
			return err
		}
	}
	if err := drawStudy(results, c.program.commandOf(c.args)); err != nil {
		return fmt.Errorf("the results are saved in %s, but not their report: %w", results.Dir, err)
	}
	if over = page != nil; over {
		page.results(results)
		page.End(runs.Completed)
	}
	if results.Open > 0 {
		log.Info(s.open(c.program.name, results))
		return nil
	}
	if results.Found != nil {
		warnFound(log, results.Found)
	}
	if best, ok := results.Best(); ok {
		log.Info(verdict(results, best, noun(pair.Test)))
	}
	log.Infof("%s, %s and %s are in %s", study.ResultsCSV, study.ResultsJSON, reportFile, results.Dir)
	if c.terminal(s.logFlags) {
		log.Infof("report: %s", fileURL(filepath.Join(results.Dir, reportFile)))
		c.next(s.next(c, results.Dir))
	}
	return nil
}

// next returns commands that go on from a study in a folder.
func (s *compareCmd) next(c *console, dir string) []string {
	words := []string{c.program.typed()}
	for _, a := range without(c.args, "--share", "--live", "--stay") {
		if a != "--collect" {
			words = append(words, quote(a))
		}
	}
	if dir != s.dir() {
		words = append(words, "--out", quote(dir))
	}
	return []string{
		"# the table again, without training:", strings.Join(append(words, "--collect"), " "),
		fmt.Sprintf("%s board %s", c.program.typed(), quote(filepath.Dir(dir))),
	}
}

// verdict says which setting is the best, and by which samples, whose noun is what.
func verdict(r *study.Results, best study.Summary, what string) string {
	result := func(set string, accuracy, loss study.Moments) string {
		if accuracy.N == 0 { // the samples have no classes
			return fmt.Sprintf("%s loss %.4f", set, loss.Mean)
		}
		return fmt.Sprintf("%s accuracy %.2f%%", set, 100*accuracy.Mean)
	}
	text := result("test", best.Final, best.Loss)
	set := fmt.Sprintf("test %ss, which makes that better than on new %[1]ss", what)
	if r.By == runs.ByValidation {
		text = result("validation", best.Validation, best.ValidationLoss) + ", " + text
		set = "validation " + what + "s"
	}
	if m := best.Metric(string(r.Measure)); m.Test.N > 0 {
		text = fmt.Sprintf("test %s %.4f, %s", m.Name, m.Test.Mean, text)
		if m.Validation.N > 0 {
			text = fmt.Sprintf("validation %s %.4f, %s", m.Name, m.Validation.Mean, text)
		}
	}
	return fmt.Sprintf("best: %s, %s, lr %v, batch %d: %s; chosen by the %s",
		best.Model, best.Setting, best.LR, best.Batch, text, set)
}

// dir returns the study's folder, which is the same for the same command, so that a study can continue.
func (s *compareCmd) dir() string {
	file := filepath.Base(string(s.File))
	if s.File == "" {
		name := recipeFlag("compare")
		if s.Search != "" {
			name = "search"
		}
		file = cmp.Or(string(s.Preset), filepath.Base(string(cmp.Or(s.Recipe, name))))
	}
	return cmp.Or(s.Out, filepath.Join("runs", strings.TrimSuffix(file, filepath.Ext(file))))
}

// print writes the results as --format says.
func (s *compareCmd) print(w io.Writer, results *study.Results) error {
	switch s.Format {
	case "csv":
		return results.CSV(w)
	case "json":
		return results.JSON(w)
	}
	tables := results.Tables()
	if results.Found == nil {
		tables[0] = rankedTable(results, tables[0])
	}
	for _, g := range results.Grids() {
		tables = append(tables, g.Table())
	}
	for i, t := range tables {
		if i > 0 {
			fmt.Fprintln(w)
		}
		if err := say(w, "%s\n", t.Title); err != nil {
			return err
		}
		text := head(0, t.Head...)
		if width := terminal.Of(w).Width; width > 0 && i == 0 && results.Found == nil {
			t = fitting(t, width, results.By != runs.ByNothing)
			text = head(names(t), t.Head...)
			if _, ok := results.Best(); ok {
				text.colours = []string{terminal.Green}
			}
		}
		for _, row := range t.Rows {
			text.add(texts(row)...)
		}
		if err := text.write(w); err != nil {
			return err
		}
	}
	return nil
}
