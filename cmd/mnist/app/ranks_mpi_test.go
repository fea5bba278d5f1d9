//go:build mpi && (linux || darwin)

package app

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"anneal/cluster"
	"anneal/cluster/mpi"
	"anneal/runs"
)

// signalled is the variable that makes a rank send itself a signal: the rank, the signal, the lines of metrics.jsonl
// that it waits for, the time from then on, and the run's folder. The rank first writes the file sentSignal.
const (
	signalled  = "ANNEAL_TEST_SIGNAL"
	sentSignal = "signal"
)

func init() {
	var rank, number, lines int
	var after, dir string
	_, err := fmt.Sscan(os.Getenv(signalled), &rank, &number, &lines, &after, &dir)
	if err != nil || cluster.Launched().Rank != rank {
		return
	}
	go func() {
		written := -1
		for written < lines {
			content, _ := os.ReadFile(filepath.Join(dir, runs.MetricsFile)) // as long as it is not there, it has no lines
			written = bytes.Count(content, []byte("\n"))
			time.Sleep(time.Millisecond)
		}
		later, _ := time.ParseDuration(after)
		time.Sleep(later)
		_ = os.WriteFile(sentSignal, nil, 0o666) // TestRanksKills looks for it
		_ = syscall.Kill(os.Getpid(), syscall.Signal(number))
	}()
}

// mpirun returns the program in dir as n ranks under one of the two libraries, not yet started.
func mpirun(t *testing.T, library string, n int, dir string, args ...string) *exec.Cmd {
	t.Helper()
	launcher, err := exec.LookPath("mpirun." + library)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%v: .ci/setup installs it", err)
		}
		t.Skipf("%v: apt-get install openmpi-bin mpich", err)
	}
	c := command(t, dir, args...)
	c.Args = append([]string{launcher, "-n", fmt.Sprint(n), c.Path}, args...)
	c.Path = launcher
	c.Env = append(c.Env, "OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1",
		"OMPI_MCA_rmaps_base_oversubscribe=1", "OMPI_MCA_hwloc_base_binding_policy=none",
		"HWLOC_COMPONENTS=-gl", // it asks for displays, and waits for 5 s where something else answers
		mpi.TimeoutVariable+"=60s")
	return c
}

// ends runs c and returns its output. It fails t if c succeeds although it should fail, or the other way round.
func ends(t *testing.T, c *exec.Cmd, well bool) string {
	t.Helper()
	out, err := c.CombinedOutput()
	if well != (err == nil) {
		t.Fatalf("%v: got %v, want success %t:\n%s", c.Args, err, well, out)
	}
	return string(out)
}

// ranksSettings returns the settings of a run of lenet-bn of 3 batches per update, with an uneven last update and an
// uneven last batch.
func ranksSettings(t *testing.T) []string {
	return []string{
		"--data", dataset(t, 150, 28), "--batch", "8", "--accumulate", "3", "--ema", "0.9", "--solver", "Adam(lr=1e-3)",
		"--schedule", "ExponentialLR(0.99)", "--augment", "RandomErasing()", "--save-every", "2", "--log-every", "1",
	}
}

// weightsOf returns the SHA-256 of the weights that a run has left.
func weightsOf(t *testing.T, dir string) string {
	t.Helper()
	sums := ""
	for _, name := range []string{runs.FinalFile, runs.EMAFile, runs.LastFile} {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		sums += fmt.Sprintf("%s %x ", name, sha256.Sum256(content))
	}
	return sums
}

// TestRanks trains lenet-bn alone, under Open MPI and under MPICH. A run under each is killed in one rank, and goes on
// under the other with another number of ranks. All end with the same weights.
func TestRanks(t *testing.T) {
	dir, settings := t.TempDir(), append(ranksSettings(t), "--epochs", "3")
	begin := func(out string) []string { return append([]string{"--out", out}, settings...) }
	ends(t, command(t, dir, begin("alone")...), true)
	want := weightsOf(t, filepath.Join(dir, "alone"))
	compare := func(run string) {
		t.Helper()
		if got := weightsOf(t, filepath.Join(dir, run)); got != want {
			t.Errorf("%s: got %s, want %s", run, got, want)
		}
	}
	out := ends(t, mpirun(t, "openmpi", 2, dir, begin("openmpi")...), true)
	compare("openmpi")
	if !strings.Contains(out, "rank 0 of 2 on ") || strings.Count(out, "\nEpoch 1:") != 1 {
		t.Errorf("want the log of rank 0 alone:\n%s", out)
	}
	metrics, err := os.ReadFile(filepath.Join(dir, "openmpi", runs.MetricsFile))
	if err != nil || !bytes.Contains(metrics, []byte(`"exchange_seconds":`)) {
		t.Errorf("want the seconds of exchanges in the metrics, got %v:\n%s", err, metrics)
	}
	ends(t, mpirun(t, "mpich", 2, dir, begin("mpich")...), true)
	compare("mpich")

	killed := mpirun(t, "openmpi", 3, dir, begin("killed")...)
	killed.Env = append(killed.Env, signalled+"=1 9 10 0s killed")
	out = ends(t, killed, false)
	if !strings.Contains(out, " for rank 1: asked to stop ") ||
		!regexp.MustCompile(`; to continue from the last checkpoint: \S+ train --resume killed\n`).MatchString(out) {
		t.Errorf("want who waited for whom, and how to continue:\n%s", out)
	}
	killed = mpirun(t, "mpich", 2, dir, "--resume", "killed")
	killed.Env = append(killed.Env, signalled+"=0 9 20 0s killed")
	ends(t, killed, false)
	ends(t, mpirun(t, "openmpi", 2, dir, "--resume", "killed"), true)
	compare("killed")
}

// TestRanksHang stops rank 1 for longer than the timeout.
func TestRanksHang(t *testing.T) {
	dir := t.TempDir()
	c := mpirun(t, "mpich", 2, dir, append(ranksSettings(t), "--epochs", "2000", "--out", "run", "--quiet")...)
	c.Env = append(c.Env, mpi.TimeoutVariable+"=3s", signalled+"=1 19 10 0s run")
	out := ends(t, c, false)
	for _, want := range []string{
		"rank 0 of 2 waited 3", " for rank 1, which has died or hangs; to continue from the last checkpoint: ",
		" train --resume run\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("want %q:\n%s", want, out)
		}
	}
}

// TestRanksInterrupted asks one rank to stop.
func TestRanksInterrupted(t *testing.T) {
	dir := t.TempDir()
	c := mpirun(t, "openmpi", 2, dir, append(ranksSettings(t), "--epochs", "2000", "--out", "run")...)
	c.Env = append(c.Env, signalled+"=1 15 10 0s run")
	out := ends(t, c, false)
	for _, want := range []string{"interrupted after ", "to continue: ", " train --resume run"} {
		if strings.Count(out, want) != 1 {
			t.Errorf("want %q once:\n%s", want, out)
		}
	}
	metrics, err := os.ReadFile(filepath.Join(dir, "run", runs.MetricsFile))
	if err != nil || !bytes.Contains(metrics, []byte(`"reason":"interrupted"`)) {
		t.Errorf("got %v and no interruption in the metrics:\n%s", err, metrics)
	}
}

// TestRanksFail checks that an error of one rank ends all, with that error and never with success.
func TestRanksFail(t *testing.T) {
	dir := t.TempDir()
	good := ranksSettings(t)
	other := append(ranksSettings(t), "--batch", "9")
	missing := append([]string{"--data", filepath.Join(dir, "nowhere")}, good[2:]...)
	for _, c := range []struct {
		name  string
		other []string // the arguments of rank 1
		want  string
	}{
		{"settings", other, "batch is 9 there and is 8"},
		{"data", missing, "rank 1: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			job := mpirun(t, "mpich", 1, dir, append(good, "--out", "run")...)
			program := job.Args[3]
			job.Args = append(append(job.Args, ":", "-n", "1", program), append(c.other, "--out", "run")...)
			out := ends(t, job, false)
			if strings.Count(out, c.want) != 1 {
				t.Errorf("want %q once:\n%s", c.want, out)
			}
			if exists(filepath.Join(dir, "run")) {
				t.Error("there is a folder")
			}
		})
	}
	write(t, filepath.Join(dir, "file"), nil)
	for want, args := range map[string][]string{
		": not a directory":       append(good, "--out", "file/run"), // in rank 0, while the other waits
		"not the folder of a run": {"--resume", "nowhere"},           // in all
		"lr is -1":                append(good, "--solver", "SGD(lr=-1)"),
	} {
		out := ends(t, mpirun(t, "mpich", 2, dir, args...), false)
		if strings.Count(out, want) != 1 {
			t.Errorf("%v: want %q once:\n%s", args, want, out)
		}
	}
}
