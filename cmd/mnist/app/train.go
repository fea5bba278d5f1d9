package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"gorgonia.org/tensor"

	"anneal/cluster"
	"anneal/graph"
	"anneal/runs"
	"anneal/train"
	"anneal/view/live"
	"anneal/view/tensorboard"
)

type trainCmd struct {
	settingsFlags
	Out         string `placeholder:"DIR" help:"${train_out}"`
	Resume      string `placeholder:"DIR" help:"${resume}"`
	LogEvery    count  `default:"100" placeholder:"N" help:"Log the loss of every N-th batch. Default: ${default}."`
	LogSteps    bool   `help:"On a terminal, log the lines of --log-every, too. Elsewhere they always are."`
	SaveEvery   count  `placeholder:"N" help:"Also write a checkpoint every N steps, not only after each epoch."`
	Keep        count  `placeholder:"K" help:"Keep the K checkpoints before the last one, as step-N.safetensors."`
	Tensorboard bool   `help:"${tensorboard}"`
	liveFlags
	aboutFlags `group:"Note and log:"`
	logFlags   `group:"Note and log:"`
}

// Validate checks flags that depend on one another.
func (t *trainCmd) Validate() error {
	if t.Resume != "" && t.Recipe != "" {
		return errors.New("--resume continues with the settings of the run, which are its recipe's: leave out --recipe")
	}
	if t.Resume != "" && (t.Out != "" || t.Init != "") {
		return errors.New("--resume continues in the run's folder with the run's weights: leave out --out and --init")
	}
	if t.Resume != "" && (t.Note != "" || t.Tag != nil) {
		return errors.New("--resume keeps the run's note and tags: leave out --note and --tag, and change them in a board")
	}
	if err := errors.Join(t.aboutFlags.check(), t.liveFlags.check()); err != nil {
		return err
	}
	return t.settingsFlags.check()
}

func (t *trainCmd) Run(ctx context.Context, c *console) error {
	group, err := joined()
	switch {
	case err != nil:
		return err
	case group != nil:
		return t.together(ctx, c, group)
	}
	return t.train(ctx, c, nil)
}

// train trains, together with the other ranks of a group if there is one.
func (t *trainCmd) train(ctx context.Context, c *console, group cluster.Group) error {
	log := c.groupLog(t.logFlags, group)
	var was *runs.Record // of the run that is resumed
	if t.Resume != "" {
		var err error
		if was, err = readResumed(group, runs.Folder(t.Resume)); err != nil {
			return err // before the data is read
		}
		t.Model.pinned = true // as the run began
		if t.Valid == nil && was.Validation == nil && was.ChooseBy != "" {
			t.Valid = new(validFlag) // none, even if the data set has a validation part
		}
		if noted, _ := was.Notes[noteData].(string); t.Data == withOptions(noted, was) {
			if t.Data, err = dataFolder(ctx, runs.Folder(t.Resume), was); err != nil {
				return err
			}
			t.Data = withOptions(t.Data, was)
		}
	}
	terminal := c.terminal(t.logFlags) && first(group)
	var page *live.Service
	over := false
	if t.Live != "" {
		var err error
		if page, err = t.liveFlags.run(c, log, t.Quiet, t.Model.name); err != nil {
			return err // before the data is read
		}
		defer func() { t.liveFlags.close(ctx, log, page, over && group == nil, terminal) }() // other ranks would wait
	}
	if terminal { // reading takes a while
		log.Infof("training %s: %v, %v per %s, seed %d",
			t.Model.name, t.Solver.Algorithm, t.Schedule.Schedule, t.Interval, t.Seed)
	}
	config, pair, err := t.prepare(ctx, log)
	if err = agree(group, err); err != nil {
		return err
	}
	config.Notes = pair.notes()
	config.Notes[noteArguments], config.Notes[noteCommand] = c.args, c.program.commandOf(c.args)
	t.Recipe.note(config.Notes)
	config.About = t.about()
	if was != nil {
		was.Epochs, config.Notes = config.Epochs, pair.notes()
		if command := c.program.repeat(was); command != "" {
			config.Notes[noteCommand] = command
		}
	}
	chosen := func(arg string) bool { return strings.HasPrefix(arg, "--schedule") }
	config.Unchosen = config.Schedule == defaultSchedule() && t.Recipe == "" && !slices.ContainsFunc(c.args, chosen)
	config.LogEvery, config.SaveEvery, config.Keep = int(t.LogEvery), int(t.SaveEvery), int(t.Keep)
	config.Group, config.Grace = group, max(0, cluster.Launched().Grace()-lastWords)
	if config.Dir, err = t.folder(group); err != nil {
		return err
	}
	if t.Resume == "" && t.Out == "" && first(group) {
		defer func() { // if nothing has come into them
			os.Remove(config.Dir)
			os.Remove(filepath.Dir(config.Dir))
		}()
	}
	if terminal {
		log.Infof("the run's folder is %s", config.Dir)
	} else {
		log.Infof("%s, %v, %v per %s, seed %d, in %s",
			t.Model.name, config.Solver, config.Schedule, t.Interval, t.Seed, cmp.Or(t.Resume, config.Dir))
	}
	view, stop := c.view(log, terminal, int(t.LogEvery), t.LogSteps)
	defer stop()
	config.Observers = append(config.Observers, view)
	folder := filepath.Join(config.Dir, "tensorboard")
	if t.Tensorboard || t.Resume != "" && first(group) && exists(folder) {
		config.Params = graph.NewParams(config.Seed, tensor.Float32)
		recorder := tensorboard.New(folder, int(t.LogEvery), config.Params)
		defer recorder.Close()
		config.Observers = append(config.Observers, recorder.Observe)
	}
	if page != nil {
		config.Observers, config.Commands = append(config.Observers, page.Observe), page.Commands()
	}
	link := func(path string) string { return path }
	if terminal {
		link = fileURL
	}
	config.Observers = append(config.Observers, c.program.reporter(log, link))
	var result *train.Result
	if was != nil {
		result, err = train.Resume(ctx, config, t.Resume)
	} else {
		result, err = train.Run(ctx, config)
	}
	stop()
	if result == nil {
		return c.program.lost(err, config.Dir)
	}
	over = true
	if result.End.Reason == runs.Interrupted {
		log.Infof("to continue: %s train --resume %s", c.program.typed(), quote(config.Dir))
		return cmp.Or(err, errInterrupted)
	}
	if err == nil && terminal {
		c.next(c.program.next(config.Dir))
	}
	return err
}

// folder returns the folder of the run, whose name all ranks know, and makes it if it had none.
func (t *trainCmd) folder(group cluster.Group) (string, error) {
	switch {
	case t.Resume != "":
		return runs.Folder(t.Resume), nil
	case t.Out != "":
		return t.Out, nil
	}
	return ofFirst(group, func() (string, error) { return newDir(t.Model.name) })
}

// newDir makes a folder for a run. Programs that start at the same time get folders of their own.
func newDir(model string) (string, error) {
	if err := os.MkdirAll("runs", 0o777); err != nil {
		return "", err
	}
	name := filepath.Join("runs", time.Now().Format("20060102-150405")+"-"+inFileName(model))
	return firstFree(name, "", func(dir string) error { return os.Mkdir(dir, 0o777) })
}

// inFileName returns a model's name without the characters that a shell or a file system might not take.
func inFileName(model string) string {
	return strings.Trim(regexp.MustCompile(`[^A-Za-z0-9.=-]+`).ReplaceAllString(model, "-"), "-")
}

// firstFree returns the first of the names name, name-2, name-3 and so on, before the extension, that take takes
// without an error that wraps fs.ErrExist.
func firstFree(name, extension string, take func(string) error) (string, error) {
	for path, n := name+extension, 2; ; n++ {
		if err := take(path); !errors.Is(err, fs.ErrExist) {
			return path, err
		}
		path = fmt.Sprintf("%s-%d%s", name, n, extension)
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
