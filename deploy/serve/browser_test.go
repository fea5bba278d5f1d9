package serve_test

import (
	"context"
	"net/http/httptest"
	"testing"

	"gorgonia.org/tensor"

	"anneal/deploy/predict"
	"anneal/deploy/serve"
	"anneal/graph"
	"anneal/internal/browsertest"
	"anneal/internal/guard"
	"anneal/models"
	"anneal/weights"
)

// Chromium draws digits on the page, with the mouse and with the keyboard, in light and dark, and the page says which
// they are. With SCREENSHOTS=folder it leaves pictures of the page there.
func TestPageInBrowser(t *testing.T) {
	browser := browsertest.New(t)
	params := graph.NewParams(0, tensor.Float32)
	p, err := predict.New(models.LeNetBN, params, predict.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := weights.Load("../predict/testdata/lenet-bn.safetensors", params); err != nil {
		t.Fatal(err)
	}
	s := serve.New(p)
	server := httptest.NewServer(s)
	t.Cleanup(func() { server.Close(); s.Close() })
	browser.Run(server.URL)
}

// With a token the page works from its link on, as without one.
func TestTokenInBrowser(t *testing.T) {
	browser := browsertest.New(t)
	params := graph.NewParams(0, tensor.Float32)
	p, err := predict.New(models.LeNetBN, params, predict.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := weights.Load("../predict/testdata/lenet-bn.safetensors", params); err != nil {
		t.Fatal(err)
	}
	l, err := guard.Listen("localhost:0", guard.Door{Connections: 64})
	if err != nil {
		t.Fatal(err)
	}
	token := guard.NewToken()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- serve.New(p, serve.RequireToken(string(token))).Serve(ctx, l) }()
	browser.Run(l.Link(token))
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// Chromium fills in the row of a table, and enters the numbers of a tensor.
func TestOtherPagesInBrowser(t *testing.T) {
	browser := browsertest.New(t)
	browser.Run(table(t).URL, "row")
	browser.Run(labels(t).URL, "tensor")
}
