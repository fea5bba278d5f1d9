package app

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"anneal/deploy/serve"
	"anneal/runs"
)

// asked returns the answer of a running service.
func asked(t *testing.T, method, url, body string, to any) {
	t.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil {
		err = json.Unmarshal(text, to)
	}
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: got %s %.300s, %v", url, answer.Status, text, err)
	}
}

// TestServeCard trains with and without batch normalization and serves both: the card says what the run's folder says,
// and a sample is looked at in both networks. A file that stands alone has no results.
func TestServeCard(t *testing.T) {
	dir, set := t.TempDir(), dataset(t, 200, 28)
	for out, model := range map[string]string{"runs/bn": "mlp-bn", "runs/plain": "mlp"} {
		args := []string{
			"--model", model, "--data", set, "--epochs", "2", "--out", out, "--valid", "50", "--best", "accuracy", "--quiet",
		}
		if got := mnist(t, dir, args...); got.code != 0 {
			t.Fatalf("%s: got %+v", model, got)
		}
	}
	run, err := runs.Read(filepath.Join(dir, "runs", "bn"))
	if err != nil {
		t.Fatal(err)
	}
	alone, err := os.ReadFile(filepath.Join(dir, "runs", "bn", runs.FinalFile))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "alone.safetensors"), alone, 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]*runs.Epoch{
		"runs/bn/final.safetensors": run.Last(),
		"runs/bn/best.safetensors":  &run.Epochs[run.Choice().Epoch-1],
		"alone.safetensors":         nil,
	} {
		c, log, address := serving(t, dir, "--init", file, "--beside", "runs/plain/final.safetensors", "--licence", "MIT")
		var model struct {
			Card serve.Card `json:"card"`
		}
		asked(t, "GET", address+"/model", "", &model)
		card := model.Card
		if card.Network != "mlp-bn" || card.File != filepath.Base(file) || card.Licence != "MIT" || card.Parameters < 1000 ||
			len(card.Mean) != 1 || card.Training == nil || card.Training.Epochs != 2 || card.Training.Samples != 150 ||
			card.Training.Solver != run.Record.Solver || card.Training.Date.IsZero() != (want == nil) {
			t.Errorf("%s: got %+v, training %+v", file, card, card.Training)
		}
		switch {
		case want == nil && card.Results != nil:
			t.Errorf("%s: got results %+v", file, card.Results)
		case want == nil:
		case len(card.Results) != 2 || *card.Results[0].Accuracy != want.TestAccuracy ||
			card.Results[0].Loss != want.TestLoss || card.Results[0].Samples != 200 || card.Results[0].Epoch != want.Epoch ||
			*card.Results[1].Accuracy != *want.ValidationAccuracy || card.Results[1].Samples != 50:
			t.Errorf("%s: got results %+v, want %+v", file, card.Results, want)
		}
		var inside struct {
			Networks []struct {
				Network string
				Layers  []struct{ Kind string }
			}
		}
		asked(t, "POST", address+"/activations", `{"x": [`+strings.Repeat("1,", 783)+"1]}", &inside)
		if n := inside.Networks; len(n) != 2 || n[0].Network != "mlp-bn" || n[1].Network != "mlp" ||
			len(n[0].Layers) <= len(n[1].Layers) {
			t.Errorf("%s: got %+v", file, n)
		}
		if err := c.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(log); err != nil {
			t.Error(err)
		}
		_ = c.Wait() // TestServe looks at how it ends
	}
	other := mnist(t, dir, "serve", "--addr", "localhost:0", "--init", "runs/bn/final.safetensors", "--beside",
		"runs/plain/final.safetensors", "--beside", filepath.Join(dir, "nothing"))
	if other.code == 0 || !strings.Contains(other.stderr, "--beside ") {
		t.Errorf("got %+v", other)
	}
}
