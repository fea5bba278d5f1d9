package app

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"anneal/internal/longtest"
	"anneal/runs"
	"anneal/weights"
)

// killCount returns how many times a test kills: ANNEAL_KILLS, or 20 if it is not set.
func killCount(t *testing.T) int {
	t.Helper()
	text := os.Getenv("ANNEAL_KILLS")
	if text == "" {
		return 20
	}
	kills, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return kills
}

// killed runs c and kills it at a moment within a time. It reports whether c was killed before its end.
func killed(t *testing.T, c *exec.Cmd, within time.Duration) bool {
	t.Helper()
	var stderr bytes.Buffer
	c.Stderr = &stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	kill := time.AfterFunc(rand.N(within), func() { _ = c.Process.Kill() }) // it may have ended already
	_ = c.Wait()                                                            // the code tells
	kill.Stop()
	code := c.ProcessState.ExitCode()
	if code != -1 && code != exitOK {
		t.Fatalf("%v: got code %d, %s", c.Args, code, &stderr)
	}
	return code == -1
}

// killable is a run in a folder that saves every few steps, and can be killed and go on.
type killable struct {
	dir      string
	settings []string
}

func newKillable(t *testing.T, dir string, epochs int) killable {
	t.Helper()
	toTenth := math.Pow(0.1, 1/float64(epochs)) // with much lower rates a run would have something to warn of
	return killable{dir, []string{
		"--data", dataset(t, 150, 28), "--epochs", strconv.Itoa(epochs), "--batch", "32", "--solver", "Adam(lr=1e-3)",
		"--schedule", fmt.Sprintf("ExponentialLR(%v)", toTenth),
		"--augment", "RandomErasing()", "--log-every", "1", "--quiet",
		"--accumulate", "2", "--ema", "0.9", "--label-smoothing", "0.1", "--best", "accuracy",
	}}
}

// window returns the time within which a killable run is to be killed: what it takes to train for an epoch, at least
// 350 ms.
func window(t *testing.T) time.Duration {
	t.Helper()
	began := time.Now()
	one := newKillable(t, t.TempDir(), 1)
	if got := mnist(t, one.dir, append([]string{"--out", "run"}, one.settings...)...); got.code != exitOK {
		t.Fatalf("got %+v", got)
	}
	return max(350*time.Millisecond, time.Since(began))
}

// begun reports whether the run has a record, and hence a checkpoint.
func (k killable) begun() bool {
	_, err := runs.ReadRecord(filepath.Join(k.dir, "run"))
	return err == nil
}

// next returns the command that goes on, or the one that starts if the run was killed before it had a record.
func (k killable) next(t *testing.T) []string {
	t.Helper()
	if k.begun() {
		return []string{"--resume", "run", "--quiet"}
	}
	if err := os.RemoveAll(filepath.Join(k.dir, "run")); err != nil {
		t.Fatal(err)
	}
	return append([]string{"--out", "run", "--save-every", "2", "--keep", "2"}, k.settings...)
}

// checkpoint returns how far the run is by its last checkpoint.
func (k killable) checkpoint(t *testing.T) *runs.Progress {
	t.Helper()
	i, err := weights.Inspect(filepath.Join(k.dir, "run", runs.LastFile))
	if err != nil || i.Progress == nil {
		t.Fatalf("got checkpoint %+v, %v", i, err)
	}
	return i.Progress
}

// finish runs the rest, and compares all files with those of a run that was left alone.
func (k killable) finish(t *testing.T) {
	t.Helper()
	dir := k.dir
	if got := mnist(t, dir, k.next(t)...); got.code != exitOK || got.stderr != "" {
		t.Fatalf("got %+v", got)
	}
	if _, err := os.Stat(filepath.Join(dir, "alone")); err != nil {
		if got := mnist(t, dir, append([]string{"--out", "alone"}, k.settings...)...); got.code != exitOK {
			t.Fatalf("got %+v", got)
		}
	}
	for _, name := range []string{
		runs.FinalFile, runs.EMAFile, runs.MistakesFile, runs.LastFile, runs.BestFile,
		runs.MetricsFile,
	} {
		a, b := content(t, dir, "run", name), content(t, dir, "alone", name)
		if name == runs.MetricsFile {
			a, b = seconds.ReplaceAll(a, nil), seconds.ReplaceAll(b, nil)
		}
		if !bytes.Equal(a, b) {
			t.Errorf("%s is not that of a run that was left alone", name)
		}
	}
	if left, err := filepath.Glob(filepath.Join(dir, "run", "*.tmp")); err != nil || len(left) > 0 {
		t.Errorf("%v, %v is left behind", left, err)
	}
}

// TestKills kills a run that saves every few steps at random moments and resumes it, again and again. There is always a
// checkpoint to go on from, and in the end the run has the bits of a run that was left alone. Then another one begins.
func TestKills(t *testing.T) {
	longtest.SkipIfShort(t, "kills and resumes a run 20 times")
	dir := t.TempDir()
	k := newKillable(t, dir, 100)
	count, begun, over := 0, 0, 0
	for kills, within := killCount(t), window(t); count < kills || over == 0; {
		if killed(t, command(t, dir, k.next(t)...), within) {
			count++
			if k.begun() && k.checkpoint(t).Step > 0 {
				begun++
			}
			if count < kills {
				continue
			}
		}
		k.finish(t)
		over++
		if err := os.RemoveAll(filepath.Join(dir, "run")); err != nil {
			t.Fatal(err)
		}
	}
	if begun == 0 {
		t.Error("the run was never killed after its first steps")
	}
	t.Logf("%d killed, %d times after the first steps, %d runs came to their end", count, begun, over)
}

// TestStudyKills kills a study at random moments and begins it again, which continues it. In the end its table and its
// weights are those of a study that was left alone.
func TestStudyKills(t *testing.T) {
	longtest.SkipIfShort(t, "kills and continues studies")
	longtest.SkipIfRace(t, "starts the program many times")
	dir, data := t.TempDir(), dataset(t, 100, 28)
	study := func(out string) []string {
		return []string{
			"compare", "--data", data, "--model", "mlp", "--lr", "0.01,0.1", "--epochs", "3", "--batch", "20", "--quiet",
			"--out", out,
		}
	}
	began := time.Now()
	if got := mnist(t, dir, study("alone")...); got.code != exitOK {
		t.Fatalf("got %+v", got)
	}
	took := time.Since(began)
	count, over := 0, 0
	for kills := killCount(t) / 4; count < kills || over == 0; {
		if killed(t, command(t, dir, study("study")...), took) {
			count++
			continue
		}
		over++
		same := []string{"results.csv"}
		finals, err := filepath.Glob(filepath.Join(dir, "alone", "*", runs.FinalFile))
		if err != nil || len(finals) == 0 {
			t.Fatal(finals, err)
		}
		for _, path := range finals {
			same = append(same, filepath.Join(filepath.Base(filepath.Dir(path)), runs.FinalFile))
		}
		for _, name := range same {
			if !bytes.Equal(content(t, dir, "study", name), content(t, dir, "alone", name)) {
				t.Errorf("%s is not that of a study that was left alone", name)
			}
		}
		if err := os.RemoveAll(filepath.Join(dir, "study")); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d killed, %d studies came to their end", count, over)
}

// TestExportKills kills exports over a file at random moments. The file is the old one or the new one, and the next
// export leaves nothing else in its folder.
func TestExportKills(t *testing.T) {
	longtest.SkipIfShort(t, "kills exports")
	longtest.SkipIfRace(t, "starts the program many times")
	dir := t.TempDir()
	init, err := filepath.Abs("../../../deploy/predict/testdata/lenet-bn.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	export := []string{"export", "--init", init, "--model", "lenet-bn", "--onnx", "model.onnx"}
	began := time.Now()
	if got := mnist(t, dir, export...); got.code != exitOK {
		t.Fatalf("got %+v", got)
	}
	took := time.Since(began)
	whole, path := content(t, dir, "model.onnx"), filepath.Join(dir, "model.onnx")
	old, count, fresh := []byte("old"), 0, 0
	for kills := killCount(t); count < kills; {
		write(t, path, old)
		if killed(t, command(t, dir, export...), took) {
			count++
		}
		switch got := content(t, path); {
		case bytes.Equal(got, whole):
			fresh++
		case !bytes.Equal(got, old):
			t.Fatalf("after a kill: got %d bytes, want the old file or the new one of %d", len(got), len(whole))
		}
	}
	if got := mnist(t, dir, export...); got.code != exitOK {
		t.Fatalf("got %+v", got)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("got %v, %v, want model.onnx alone", entries, err)
	}
	t.Logf("%d killed, %d times the file was new", count, fresh)
}
