// Package serve answers questions over HTTP with a trained network:
//
//	GET  /              a page to try it: to draw digits, choose a picture, or fill in the columns of a table
//	POST /predict       samples, see below
//	POST /activations   a sample, and what each layer of the network computes for it
//	GET  /model         what the network takes and was trained on, its classes, and its Card
//	GET  /openapi.yaml  all of this as OpenAPI describes it
//	GET  /healthz       {"status":"ok"}
//	GET  /readyz        {"status":"ready"}, or status 503 while the network is loaded and when the service ends
//	GET  /metrics       for Prometheus
//
// A request to /predict has one of these as its body, whatever its type, or as the one file of a form
// (multipart/form-data):
//
//	a picture that predict.Decode reads, for a network of pictures
//	{"pixels": [C·H·W numbers from 0, paper, to 255, ink]}, for the same
//	{"area": 80, "town": "Graz"}, the cells of a row, for a network of a table
//	{"x": [numbers as the network takes them, flat or in lists of their shape]}, for any other
//
// Several samples are a list of such objects, the rows of a CSV file (text/csv), or pictures of a form that are all
// under the name pictures. The answer is then a list, too.
//
// A prediction is JSON: {"digit": 7, "probabilities": [one per class]}. If the classes have names it is {"class": 7,
// "name": "Sneaker", "probabilities": [one per class]}, and {"labels": ["red", "round"], "probabilities": [one per
// label]} if a sample may have several. /predict?output=logits has logits in place of probabilities. Numbers are
// {"values": {"price": 350000}}, in the target's own units. For a picture the answer also has "pixels", those of the
// sample that predict.Predictor made of it. An error is JSON with a 4xx or 5xx status: {"error": "what is wrong"}.
//
// The service answers all requests that came while the network was running with its next run, and a request to an idle
// network at once. It holds at most 256 requests, which together have at most 64 MiB of bodies. It refuses more with
// status 503. One body has at most 16 MiB, the pictures of one request 12 Mi pixels in all, and one list 1024 samples,
// or fewer of more than 4096 numbers each: 4 Mi numbers in all. Requests wait while others hold decoded pictures of
// more than 36 Mi pixels, or 16 Mi numbers, and get status 503 after 20 s.
//
// The network looks into its layers for /activations only while no request to /predict waits for it: eight requests at
// a time, of which one client may have two.
//
// Serve and Guard put a guard before the service. Requests must name one of its hosts, and must not come from pages of
// other sites, except those that AllowOrigins allows. RequireToken asks for a secret. One client, an IPv4 address or an
// IPv6 network of 64 bits, has at most a quarter of the requests and numbers, half of the bytes, and a third of the
// pixels. What a client asks for is given up 2 s after it has left. A client that closes only its own side is answered
// within that time.
package serve

import (
	"context"
	"fmt"
	"image"
	"io"
	"net"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"anneal/deploy/predict"
	"anneal/internal/answer"
	"anneal/internal/guard"
)

const (
	maxRequests = 256
	maxBody     = 16 << 20 // bytes
	maxBodies   = 64 << 20 // bytes, of all requests together
	maxPixels   = 12 << 20 // of the pictures of a request: those of a camera
	maxSamples  = 1024     // of a request
	maxNumbers  = 4 << 20  // in the samples of a request

	maxInside = 8 // requests to /activations at a time

	totalPixels  = 3 * maxPixels  // of all decoded pictures together
	totalNumbers = 4 * maxNumbers // in the samples of all requests together

	sending   = 15 * time.Second // for a request's body
	working   = 20 * time.Second // until a request that still waits is refused
	answering = 30 * time.Second // until its answer is sent
	idle      = time.Minute      // for a connection without a request
	grace     = 10 * time.Second
)

// Service is the http.Handler. Close it after the last request.
type Service struct {
	mux      *http.ServeMux
	loaded   atomic.Bool // Open has been called
	ending   atomic.Bool // it takes no more requests, or will not after drain
	drain    time.Duration
	requests *guard.Shares
	inside   *guard.Shares // requests to /activations
	bodies   *guard.Shares // bytes
	pixels   *guard.Shares // of decoded pictures
	numbers  *guard.Shares // of samples
	metrics  *metrics
	batches  *batches
	guard    guard.Config

	// When it is loaded.
	network  network
	networks []named // the same first, then those beside it
	card     *Card
}

// network is a predict.Predictor.
type network interface {
	Options() predict.Options
	Classes() (int, error)
	Pixels(image.Image) ([]byte, error)
	Normalise([]byte) ([]float32, error)
	JSON(body []byte, most int) (samples [][]float32, list bool, err error)
	Rows(r io.Reader, name string) (*predict.Rows, error)
	Answer(samples ...[]float32) ([]predict.Prediction, error)
	Inside(x []float32, see func([]predict.Activation)) (predict.Prediction, error)
}

// New returns a service that answers with p.
func New(p *predict.Predictor, options ...Option) *Service { return newService(p, options...) }

func newService(n network, options ...Option) *Service {
	s := Waiting(options...)
	s.open(n, nil)
	return s
}

// Waiting returns a service without a network. Until Open gives it one, /readyz says that it is loading, and what needs
// the network is answered with status 503.
func Waiting(options ...Option) *Service {
	s := &Service{
		mux:      http.NewServeMux(),
		requests: guard.NewShares(maxRequests, maxRequests/4),
		inside:   guard.NewShares(maxInside, maxInside/4),
		bodies:   guard.NewShares(maxBodies, maxBodies/2),
		pixels:   guard.NewShares(totalPixels, maxPixels),
		numbers:  guard.NewShares(totalNumbers, maxNumbers),
		metrics:  newMetrics(),
		guard:    guard.Config{Open: []string{"/healthz", "/readyz"}, Read: sending, Work: working, Write: answering},
	}
	s.batches = newBatches(s.answer, s.metrics.batch)
	for _, change := range options {
		change(s)
	}
	for _, r := range s.routes() {
		h := answer.Only(r.method, r.handler)
		if r.path == "/predict" {
			h = s.metrics.time(h)
		}
		if r.network {
			h = s.share(r.method, s.opened(h))
		}
		s.mux.Handle(r.path, h)
	}
	return s
}

// route is a path that the service answers.
type route struct {
	path, method string
	network      bool // it needs the network, and pages of other sites may ask for it
	handler      http.HandlerFunc
}

func (s *Service) routes() []route {
	return []route{
		{"/predict", http.MethodPost, true, s.predict},
		{"/activations", http.MethodPost, true, s.activations},
		{"/model", http.MethodGet, true, s.model},
		{"/openapi.yaml", http.MethodGet, false, openAPI},
		{"/healthz", http.MethodGet, false, health},
		{"/readyz", http.MethodGet, false, s.readiness},
		{"/metrics", http.MethodGet, false, s.metrics.handler().ServeHTTP},
		{"/", http.MethodGet, false, page},
	}
}

// ServeHTTP answers one request, whoever sends it: Serve and Guard put a guard before it.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	s.mux.ServeHTTP(w, r)
}

// Close ends the goroutine that runs the network. Requests that still wait get status 503.
func (s *Service) Close() {
	s.ending.Store(true)
	s.batches.close()
}

// Guard returns s behind a guard, for a server of your own that clients reach under these hosts: names such as
// example.com, for any port, or with a port. * is any, and this machine's names for itself, such as localhost, are
// always among them.
func (s *Service) Guard(hosts ...string) http.Handler {
	c := s.guard
	c.Hosts = append(slices.Clone(c.Hosts), hosts...)
	return guard.New(c, s)
}

// Serve answers the requests that come in on l until ctx is done and, if there is a Drain, for that long after. Then it
// takes no more, answers those it has and closes s. Requests that take longer than 10 s then get status 503. It puts a
// guard before s that knows l's addresses, and closes l.
func (s *Service) Serve(ctx context.Context, l net.Listener) error {
	defer s.Close()
	late, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	defer context.AfterFunc(ctx, func() {
		s.ending.Store(true)
		if !s.loaded.Load() { // then it answers nothing
			end()
		}
		time.AfterFunc(s.drain, end)
	})()
	hosts, err := guard.Hosts(l)
	if err != nil {
		l.Close()
		return fmt.Errorf("serve: %w", err)
	}
	if err := guard.Serve(late, guard.NewServer(s.Guard(hosts...), idle), l, grace); err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}
