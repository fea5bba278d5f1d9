package schedules

import (
	"encoding/json"
	"os"
	"testing"

	"anneal/internal/longtest"
)

// TestLive compares 1,000 random single schedules, 1,000 composites, 500 plateaus and 500 chains with a plateau with
// PyTorch itself, which ANNEAL_PYTORCH names, such as python3. ANNEAL_SEED draws others.
func TestLive(t *testing.T) {
	seed := os.Getenv("ANNEAL_SEED")
	if seed == "" {
		seed = "1"
	}
	cmd := longtest.PyTorch(t, "gen.py", "--seed", seed, "--random", "1000", "--out", "-")
	cmd.Dir = "testdata"
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
