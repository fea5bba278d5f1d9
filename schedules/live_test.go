package schedules

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestLive compares 1,000 random single schedules, 1,000 composites, 500 plateaus and 500 chains with a plateau with
// PyTorch itself, which ANNEAL_PYTORCH names, such as python3. ANNEAL_SEED draws others.
func TestLive(t *testing.T) {
	python := strings.Fields(os.Getenv("ANNEAL_PYTORCH"))
	if len(python) == 0 {
		t.Skip("set ANNEAL_PYTORCH to a command that runs Python with PyTorch 2.14")
	}
	seed := os.Getenv("ANNEAL_SEED")
	if seed == "" {
		seed = "1"
	}
	cmd := exec.CommandContext(t.Context(), python[0],
		append(python[1:], "gen.py", "--seed", seed, "--random", "1000", "--out", "-")...)
	cmd.Dir, cmd.Stderr = "testdata", os.Stderr
	text, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var cases []vector
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	left := compare(t, cases)
	t.Logf("seed %s: %d cases, of which %d are left out as documented", seed, len(cases), left)
}
