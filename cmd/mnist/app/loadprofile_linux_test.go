package app

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime/pprof"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// asProfiled is set in a program whose processor time a test wants to know, to the folder for its profiles.
const asProfiled = "ANNEAL_TEST_PROFILES"

func init() {
	if dir := os.Getenv(asProfiled); dir != "" && os.Getenv(asProgram) != "" {
		told := make(chan os.Signal, 1)
		signal.Notify(told, syscall.SIGUSR1)
		go profiles(dir, told)
	}
}

// profiles begins a profile of the processor when it is told, and ends and writes it when it is told again.
func profiles(dir string, told <-chan os.Signal) {
	for i := 0; ; i++ {
		<-told
		var b bytes.Buffer
		err := pprof.StartCPUProfile(&b)
		<-told
		pprof.StopCPUProfile()
		if err == nil {
			path := profilePath(dir, i)
			if err = os.WriteFile(path+".new", b.Bytes(), 0o600); err == nil {
				err = os.Rename(path+".new", path)
			}
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "profile:", err)
		}
	}
}

func profilePath(dir string, i int) string { return filepath.Join(dir, fmt.Sprintf("profile.%d", i)) }

// profiled is a program that makes profiles when it is told.
type profiled struct {
	*exec.Cmd
	dir   string
	count int
}

// during calls do, and returns the profile of the program in that time.
func (p *profiled) during(t *testing.T, do func()) (path string) {
	t.Helper()
	for _, then := range []func(){do, func() {}} {
		if err := p.Process.Signal(syscall.SIGUSR1); err != nil {
			t.Fatal(err)
		}
		then()
	}
	path = profilePath(p.dir, p.count)
	p.count++
	for range 600 {
		if _, err := os.Stat(path); err == nil {
			return path
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("the program wrote no profile")
	return ""
}

var accounted = regexp.MustCompile(`accounting for ([\d.]+)(?:ms)?,`)

// spentIn returns the processor time in a profile of functions whose callers match focus, without those that match
// ignore.
func spentIn(t *testing.T, profile, focus, ignore string) time.Duration {
	t.Helper()
	args := []string{"tool", "pprof", "-top", "-unit=ms", "-nodefraction=0", "-nodecount=1000000", "-focus=" + focus}
	if ignore != "" {
		args = append(args, "-ignore="+ignore)
	}
	out, err := exec.CommandContext(t.Context(), "go", append(args, os.Args[0], profile)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	found := accounted.FindSubmatch(out)
	if found == nil {
		t.Fatalf("got %.300s", out)
	}
	ms, _ := strconv.ParseFloat(string(found[1]), 64) // digits
	return time.Duration(ms * float64(time.Millisecond))
}
