package app

import (
	"bytes"
	"math/rand/v2"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"anneal/internal/longtest"
	"anneal/study"
)

// shares starts n shares of a study, some of which are killed at random moments, and starts those again until all have
// come to their end. It returns how many times it killed one.
func shares(t *testing.T, dir string, args []string, n int, kill func(starts int) time.Duration) (kills int) {
	t.Helper()
	type ended struct {
		share  int
		c      *exec.Cmd
		stderr *bytes.Buffer
	}
	ends := make(chan ended)
	start := func(share int, limit time.Duration) {
		part := strconv.Itoa(share) + "/" + strconv.Itoa(n)
		e := ended{share, command(t, dir, append(args, "--share", part)...), new(bytes.Buffer)}
		e.c.Stderr = e.stderr
		if err := e.c.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(limit, func() { _ = e.c.Process.Kill() }) // it may have ended already
		go func() {
			_ = e.c.Wait() // the code tells
			timer.Stop()
			ends <- e
		}()
	}
	for share := range n {
		start(share+1, kill(0))
	}
	for running, starts := n, 0; running > 0; {
		switch e := <-ends; e.c.ProcessState.ExitCode() {
		case exitOK:
			running--
		case -1:
			kills++
			starts++
			start(e.share, kill(starts))
		default:
			t.Errorf("share %d ended with code %d, %s", e.share, e.c.ProcessState.ExitCode(), e.stderr)
			running--
		}
	}
	return kills
}

// TestShares does a study in three shares, each of which is killed and started again. Collected, it has the bytes of a
// study that one program did. With ANNEAL_LONG shares are killed 100 times.
func TestShares(t *testing.T) {
	longtest.SkipIfShort(t, "does studies in several programs at a time")
	dir, args := t.TempDir(), append(smallStudy(t), "--epochs", "4", "--jobs", "1", "--quiet")
	if got := mnist(t, dir, append(args, "--out", "alone")...); got.code != exitOK {
		t.Fatalf("got %+v", got)
	}
	want := string(content(t, dir, "alone", study.ResultsCSV))
	rounds, kills := 1, 0
	wanted := 1
	if longtest.Full() {
		rounds, wanted = 100, 100
	}
	for round := 0; round < rounds && kills < wanted; round++ {
		out := "shared" + strconv.Itoa(round)
		kills += shares(t, dir, append(args, "--out", out), 3, func(starts int) time.Duration {
			switch {
			case longtest.Full() && starts < 20:
				return 50*time.Millisecond + rand.N(900*time.Millisecond)
			case starts == 0:
				return 100*time.Millisecond + rand.N(300*time.Millisecond)
			}
			return time.Hour
		})
		got := mnist(t, dir, append(args, "--out", out, "--collect")...)
		if csv := string(content(t, dir, out, study.ResultsCSV)); got.code != exitOK || csv != want {
			t.Fatalf("got %+v and\n%s\nwant that of one program:\n%s", got, csv, want)
		}
	}
	t.Logf("killed %d times", kills)
	if kills < wanted {
		t.Errorf("killed %d times, want at least %d", kills, wanted)
	}
}

// TestShareFlag wants the share of a launcher, what one share says, and the words for a share that there cannot be.
func TestShareFlag(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program several times")
	dir, args := t.TempDir(), append(smallStudy(t), "--epochs", "1", "--out", "study")
	c := command(t, dir, append(args, "--share", "auto/6")...)
	c.Env = append(c.Env, "JOB_COMPLETION_INDEX=4")
	got := finish(t, c)
	for _, want := range []string{
		"share 5/6: 2 of 12 runs, in study\n",
		"2 of 12 runs of the study have ended; results.csv and report.html in study have those so far: when the others " +
			"have, mnist compare … --collect collects them all\n",
	} {
		if got.code != exitOK || !strings.Contains(got.stderr, want) {
			t.Errorf("got %+v, want %s", got, want)
		}
	}
	got = mnist(t, dir, append(args, "--collect")...)
	for _, want := range []string{
		"results.csv and report.html in study have the results so far\n", "2 of 12: not all runs have ended, such as ",
	} {
		if got.code != exitFailed || !strings.Contains(got.stderr, want) {
			t.Errorf("got %+v, want %s", got, want)
		}
	}
	for value, want := range map[string]string{
		"4/3":  `--share: got "4/3", want the number of a share from 1 to how many there are, such as 1/3`,
		"0/3":  `--share: got "0/3", want`,
		"1":    `--share: got "1", want K/N, such as 1/3 for the first of three shares, auto, or auto/N`,
		"auto": "--share: auto: nothing says which part this process is: there is no SLURM_ARRAY_TASK_ID",
	} {
		got := mnist(t, dir, append(args, "--share", value)...)
		if got.code != exitUsage || !strings.Contains(got.stderr, want) {
			t.Errorf("--share %s: got %+v, want %s", value, got, want)
		}
	}
	if got := mnist(t, dir, append(args, "--share", "1/3", "--collect")...); got.code != exitUsage {
		t.Errorf("--share and --collect: got %+v, want an error", got)
	}
}
