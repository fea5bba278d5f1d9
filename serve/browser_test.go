package serve_test

import (
	"cmp"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/models"
	"anneal/predict"
	"anneal/serve"
	"anneal/train"
)

// Chromium draws digits on the page, with the mouse and with the keyboard, in light and dark, and the page says which they are.
// With SCREENSHOTS=folder it leaves pictures of the page there.
func TestPageInBrowser(t *testing.T) {
	chromium, err := exec.LookPath(cmp.Or(os.Getenv("CHROMIUM"), "chromium"))
	if err != nil {
		t.Skip("no chromium: install it (apt-get install chromium) or name its path in CHROMIUM")
	}
	if err := exec.Command("node", "-e", `require("playwright-core")`).Run(); err != nil {
		t.Skip("no playwright-core: npm install --ignore-scripts --prefix DIR playwright-core@1.65.1, and NODE_PATH=DIR/node_modules")
	}
	params := graph.NewParams(0, tensor.Float32)
	p, err := predict.New(models.LeNetBN, params, predict.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := train.Load("../predict/testdata/lenet-bn.safetensors", params); err != nil {
		t.Fatal(err)
	}
	s := serve.New(p)
	server := httptest.NewServer(s)
	t.Cleanup(func() { server.Close(); s.Close() })
	browser := exec.CommandContext(t.Context(), "node", "testdata/browser.js", server.URL, os.Getenv("SCREENSHOTS"))
	browser.Env = append(os.Environ(), "CHROMIUM="+chromium)
	if output, err := browser.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, output)
	}
}
