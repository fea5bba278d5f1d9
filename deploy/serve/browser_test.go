package serve

import (
	"context"
	"net/http/httptest"
	"testing"

	"gorgonia.org/tensor"

	"anneal/deploy/predict"
	"anneal/graph"
	"anneal/internal/browsertest"
	"anneal/internal/guard"
	"anneal/models"
)

// Chromium draws digits on the page, with the mouse and with the keyboard, in light and dark, and the page says which
// they are. With SCREENSHOTS=folder it leaves pictures of the page there.
func TestPageInBrowser(t *testing.T) {
	browser := browsertest.New(t)
	p := digits(t)
	s := New(p)
	server := httptest.NewServer(s)
	t.Cleanup(func() { server.Close(); s.Close() })
	browser.Run(server.URL)
}

// With a token the page works from its link on, as without one.
func TestTokenInBrowser(t *testing.T) {
	browser := browsertest.New(t)
	p := digits(t)
	l, err := guard.Listen("localhost:0", guard.Door{Connections: 64})
	if err != nil {
		t.Fatal(err)
	}
	token := guard.NewToken()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- New(p, RequireToken(string(token))).Serve(ctx, l) }()
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

// Chromium looks into the layers of a network with batch normalization and of one without, copies and runs the command,
// and reads the card: with a token, in both languages, by mouse and by touch.
func TestSectionsInBrowser(t *testing.T) {
	browser := browsertest.New(t)
	plain, err := predict.New(models.LeNet, graph.NewParams(1, tensor.Float32), predict.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p := digits(t)
	token := guard.NewToken()
	s := Waiting(RequireToken(string(token)))
	if err := s.Open(Network{p, fullCard(t, p)}, Network{plain, &Card{Network: "lenet"}}); err != nil {
		t.Fatal(err)
	}
	l, err := guard.Listen("localhost:0", guard.Door{Connections: 64})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- s.Serve(ctx, l) }()
	browser.Run(l.Link(token), "sections")
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
