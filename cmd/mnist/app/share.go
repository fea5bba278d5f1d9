package app

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/sirupsen/logrus"

	"anneal/cluster"
	"anneal/internal/plural"
	"anneal/study"
)

// shareFlag is the part of a study that a program does: K/N, auto, or auto/N.
type shareFlag struct{ study.Share }

var partText = regexp.MustCompile(`^(?:([0-9]{1,9})/([0-9]{1,9})|auto(?:/([0-9]{1,9}))?)$`)

func (f *shareFlag) UnmarshalText(text []byte) error {
	parts := partText.FindStringSubmatch(string(text))
	if parts == nil {
		return fmt.Errorf("got %q, want K/N, such as 1/3 for the first of three shares, auto, or auto/N", text)
	}
	number := func(text string) int {
		n, _ := strconv.Atoi(text) // digits, or nothing
		return n
	}
	if strings.HasPrefix(string(text), "auto") { // the launcher says which
		var err error
		f.Index, f.Of, err = cluster.Share(number(parts[3]))
		if err != nil {
			return fmt.Errorf("auto: %s; without it, give K/N", strings.TrimPrefix(err.Error(), "cluster: "))
		}
		return nil
	}
	f.Index, f.Of = number(parts[1])-1, number(parts[2])
	if f.Of == 0 || f.Validate() != nil { // the zero Share is all of the study
		return fmt.Errorf("got %q, want the number of a share from 1 to how many there are, such as 1/3", text)
	}
	return nil
}

func (f shareFlag) String() string { return fmt.Sprintf("%d/%d", f.Index+1, f.Of) }

// size returns how many of the runs of a study the share has.
func (f shareFlag) size(runs int) (n int) {
	for i := range runs {
		if f.Has(i) {
			n++
		}
	}
	return n
}

// reportEvery is the least time between two reports of a study that is under way.
const reportEvery = 30 * time.Second

// reporting draws the report of a study that is under way.
type reporting struct {
	command string
	next    time.Time      // before which it draws none
	undrawn *study.Results // the last ones, nil if their report is drawn
}

func newReporting(command string) *reporting {
	return &reporting{command: command, next: time.Now().Add(reportEvery)}
}

// written draws the report of results that were written, unless the last one is new.
func (d *reporting) written(r *study.Results) error {
	if r.Open == 0 { // which the command draws
		return nil
	}
	if d.undrawn = r; time.Now().Before(d.next) {
		return nil
	}
	return d.draw()
}

// draw draws the report of results that have none yet.
func (d *reporting) draw() error {
	const share = 20 // of the time, one part is for reports
	if d.undrawn == nil {
		return nil
	}
	begun := time.Now()
	err := drawStudy(d.undrawn, d.command)
	d.undrawn, d.next = nil, time.Now().Add(max(reportEvery, share*time.Since(begun)))
	return err
}

// open says how many runs of a study in shares have ended, and how to go on.
func (s *compareCmd) open(name string, r *study.Results) string {
	return fmt.Sprintf("%d of %s of the study have ended; %s and %s in %s have those so far: "+
		"when the others have, %s compare … --collect collects them all",
		len(r.Cells), plural.Of(len(r.Cells)+r.Open, "run"), study.ResultsCSV, reportFile, filepath.Clean(r.Dir), name)
}

// run does the study in its folder. Where another program is at work there on another study, it takes the same name
// with a number at the end, unless --out names the folder.
func (s *compareCmd) run(
	ctx context.Context, log logrus.FieldLogger, config study.Config, work string, cells int,
) (*study.Results, error) {
	dir := config.Dir
	if s.Collect {
		return study.Collect(ctx, config)
	}
	if s.Share.Of > 0 {
		if s.Search == "" {
			work = fmt.Sprintf("%d of %s", s.Share.size(cells), work)
		}
		log.Infof("share %v: %s, in %s", s.Share, work, config.Dir)
		return study.Run(ctx, config)
	}
	for n := 2; ; n++ {
		log.Infof("%s, in %s", work, config.Dir)
		results, err := study.Run(ctx, config)
		if s.Out != "" || !errors.Is(err, study.ErrTaken) {
			return results, err
		}
		config.Dir = fmt.Sprintf("%s-%d", dir, n)
	}
}
