package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"anneal/runs"
	"anneal/schedules"
	"anneal/solvers"
	"anneal/study"
)

type compareCmd struct {
	Preset presetFlag `placeholder:"NAME" xor:"file" help:"${preset}"`
	File   fileFlag   `placeholder:"FILE" xor:"file" help:"${file}"`
	Recipe recipeFlag `placeholder:"NAME|FILE" xor:"file" help:"${recipe}"`
	Print  bool       `help:"Print the file of --preset or --file, as a template for a custom study; train nothing."`

	Model    []modelFlag    `default:"lenet,lenet-bn" placeholder:"NAME" help:"${models} Default: ${default}."`
	Setting  []settingFlag  `sep:"none" placeholder:"SETTING" help:"${setting}"`
	Norm     []normFlag     `sep:";" placeholder:"SPEC" help:"${norms}"`
	Solver   []solverFlag   `sep:";" placeholder:"SPEC" help:"${solvers}"`
	Schedule []scheduleFlag `sep:";" placeholder:"SPEC" help:"${schedules}"`
	LR       []positive     `name:"lr" placeholder:"RATE" help:"Learning rates, in place of the solvers' own."`
	Batch    []count        `default:"64" placeholder:"N" help:"${batch} Default: ${default}."`
	Augment  []augmentFlag  `sep:";" placeholder:"SPEC" help:"${augments}"`
	Seed     []seed         `default:"1,2,3" placeholder:"N" help:"${seed} Default: ${default}."`
	commonFlags

	Targets []share `default:"0.97,0.98,0.99" placeholder:"SHARE" help:"${targets} Default: ${default}."`
	Usable  share   `default:"0.9" help:"${usable}"`
	Out     string  `placeholder:"DIR" help:"${study_out}"`
	Format  string  `enum:"text,csv,json" default:"text" help:"${study_format}"`
	Jobs    count   `placeholder:"N" help:"Runs at the same time. Default: one per processor."`

	Share   shareFlag `placeholder:"K/N" xor:"share" help:"${share}"`
	Collect bool      `xor:"share" help:"${collect}"`

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
	if err := s.aboutFlags.check(); err != nil {
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
	matrix := s.matrix()
	cells, err := matrix.Cells()
	if err != nil {
		return err
	}
	common, pair, err := s.prepare(ctx, log, s.Model[0])
	if err != nil {
		return err
	}
	if s.Model, err = fitAll(s.Model, common.Train); err != nil {
		return err
	}
	matrix = s.matrix()
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
		Matrix: matrix, Common: common, Dir: s.dir(), Jobs: int(s.Jobs), Usable: float64(s.Usable),
		Rank: true, Share: s.Share.Share, Written: drawWritten(c.program.commandOf(c.args)),
	}
	for _, target := range s.Targets {
		config.Targets = append(config.Targets, float64(target))
	}
	watch := newWatch(log, s.Share.size(len(cells)), c.terminal(s.logFlags))
	config.Observer = watch.observe
	results, err := s.run(ctx, log, config, len(cells))
	watch.stop()
	if err != nil {
		if errors.Is(err, study.ErrOpen) && len(results.Cells) > 0 {
			log.Infof("%s and %s in %s have the results so far", study.ResultsCSV, reportFile, results.Dir)
		}
		if ctx.Err() != nil {
			log.Infof("%d of %d runs have ended, those under way are saved; to continue, repeat the command",
				watch.over.Load(), s.Share.size(len(cells)))
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
	if results.Open > 0 {
		log.Info(s.open(c.program.name, results))
		return nil
	}
	if best, ok := results.Best(); ok {
		log.Info(verdict(results, best, noun(pair.Test)))
	}
	log.Infof("%s, %s and %s are in %s", study.ResultsCSV, study.ResultsJSON, reportFile, results.Dir)
	return nil
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

// mostCurves is the largest number of settings whose curves fit in one figure. The page can show more: readers filter
// them.
const mostCurves = 30

// drawStudy draws a study's report into its folder.
func drawStudy(r *study.Results, command string) error {
	page, err := r.Page()
	if err != nil {
		return err
	}
	page.Command = command
	if err := errors.Join(page.Save(filepath.Join(r.Dir, reportFile)), drawBatches(r)); err != nil ||
		len(r.Summaries()) > mostCurves {
		return err
	}
	return page.Curves(filepath.Join(r.Dir, curvesFile))
}

// batchesFile is the picture of the accuracies by batch size.
const batchesFile = "batches.png"

// drawBatches draws the accuracies of a study of several batch sizes into its folder.
func drawBatches(r *study.Results) error {
	f, ok := r.BatchFigure()
	if !ok {
		return nil
	}
	return f.Save(filepath.Join(r.Dir, batchesFile))
}

// matrix returns what the flags compare.
func (s *compareCmd) matrix() study.Matrix {
	var m study.Matrix
	for _, f := range s.Model {
		m.Models = append(m.Models, study.Model{Name: f.name, Draw: f.draw})
	}
	for _, f := range s.Setting {
		m.Settings = append(m.Settings, f.Setting)
	}
	var all []solvers.Algorithm
	for _, f := range s.Solver {
		all = append(all, f.Algorithm)
	}
	var rates []schedules.Schedule
	for _, f := range s.Schedule {
		rates = append(rates, f.Schedule)
	}
	if len(s.Setting) == 0 || len(all)+len(rates) > 0 {
		if all == nil {
			all = append(all, defaultSolver())
		}
		if rates == nil {
			rates = append(rates, defaultSchedule())
		}
		m.Settings = append(m.Settings, study.Combine(all, rates)...)
	}
	for _, lr := range s.LR {
		m.Rates = append(m.Rates, float64(lr))
	}
	for _, n := range s.Batch {
		m.Batches = append(m.Batches, int(n))
	}
	for _, f := range s.Augment {
		m.Augments = append(m.Augments, f.Compose)
	}
	for _, n := range s.Seed {
		m.Seeds = append(m.Seeds, uint64(n))
	}
	return m
}

// dir returns the study's folder, which is the same for the same command, so that a study can continue.
func (s *compareCmd) dir() string {
	file := filepath.Base(string(s.File))
	if s.File == "" {
		file = cmp.Or(string(s.Preset), filepath.Base(string(cmp.Or(s.Recipe, "compare"))))
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
	for _, g := range results.Grids() {
		tables = append(tables, g.Table())
	}
	for i, t := range tables {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintln(w, t.Title)
		text := head(0, t.Head...)
		for _, row := range t.Rows {
			var cells []string
			for _, cell := range row {
				cells = append(cells, cell.Text)
			}
			text.add(cells...)
		}
		if err := text.write(w); err != nil {
			return err
		}
	}
	return nil
}

// settingFlag is a study's setting: NAME: SOLVER, or NAME: SOLVER; SCHEDULE.
type settingFlag struct{ study.Setting }

func (f *settingFlag) UnmarshalText(text []byte) (err error) {
	name, specs, ok := strings.Cut(string(text), ":")
	if f.Name = strings.TrimSpace(name); !ok || f.Name == "" {
		return fmt.Errorf("got %q, want a name, a colon and a solver, such as 'step: SGD(lr=0.1, momentum=0.9); StepLR(5)'",
			text)
	}
	solver, schedule, scheduled := strings.Cut(specs, ";")
	if f.Solver, err = solvers.Parse(strings.TrimSpace(solver)); err == nil && scheduled {
		f.Schedule, err = schedules.Parse(strings.TrimSpace(schedule))
	}
	if err != nil {
		return fmt.Errorf("setting %s: %w", f.Name, err)
	}
	return nil
}
