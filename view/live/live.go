// Package live serves a page that shows a training run while it trains, and lets anyone who has its token steer it:
//
//	GET  /         the page: curves of loss, accuracy and rate, the rate ahead, settings, what goes wrong, the time left
//	GET  /events   what it draws, as server-sent events
//	GET  /report   the run's report as far as it goes, if the run has a folder
//	POST /control  {"action":"rate","lr":0.01}, or pause, continue or stop without lr: a runs.Command
//	POST /close    {} ends Stay, once the run is over
//
// A Study shows a study in the same way: its runs, the best setting so far and curves. It has no /control.
//
// The answer to a command has status 202. An event follows when the run has carried out the command, or has refused it
// with a reason. An error is JSON with a 4xx or 5xx status: {"error": "what is wrong"}.
//
// Anyone who can reach the address can watch. Steering and closing need the token, which is in URL after the #, a part
// that browsers do not send. The Service refuses a request whose Host header is not one of its own. Otherwise a page of
// another site could watch the run after its name is made to resolve to this machine (DNS rebinding). An Origin
// header, if there is one, must name the same host.
//
// The forecast of the rate is the schedules' rates from here on, scaled by current rate ÷ scheduled rate. It assumes
// that no plateau triggers again and nobody sets another rate. Training never waits for a viewer. It adds to a history
// of bounded resolution. When there is something new, all viewers are told, at most every 400 ms, and each takes what
// is new to it as fast as it can. A viewer that has lost its connection continues where it was.
package live

import (
	"net/http"
	"time"

	"anneal/internal/answer"
	"anneal/runs"
)

const maxCommands = 16 // waiting for the end of a step

// Service shows and steers one run. It is an http.Handler; its methods may be called from any goroutine.
type Service struct {
	stream
	// Report draws the report of the run in a folder, and is set before the run begins. nil: package report does
	Report func(dir string) (html []byte, err error)

	commands chan runs.Command
	history  *history
}

// New returns a Service for the run that the page calls name. It answers only requests to these hosts, such as
// gpu.example:6006, and to localhost, on any port: that of a forwarded port is another.
func New(name string, hosts ...string) *Service {
	s := &Service{commands: make(chan runs.Command, maxCommands)}
	mux := s.open("index.html", hosts, s)
	mux.Handle("/control", answer.Only(http.MethodPost, s.control))
	s.history = newHistory(name, func() time.Time { return s.now() })
	return s
}

// Commands returns the commands of viewers, for the Commands of a train.Config.
func (s *Service) Commands() <-chan runs.Command { return s.commands }

// Observe shows an event to the viewers. It is an observer for a train.Config.
func (s *Service) Observe(e runs.Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.history.add(e)
	s.wake()
	return err
}

func (s *Service) news(number uint64) (any, uint64) { return s.history.since(number) }
func (s *Service) over() bool                       { return s.history.state.State == over }
func (s *Service) fail()                            { s.history.fail() }

func (s *Service) drawing() (edition uint64, draw func() ([]byte, error)) {
	h := s.history
	if h.run.Dir == "" || h.tested == 0 && !s.over() {
		return 0, nil
	}
	dir, report := h.run.Dir, s.Report
	if report == nil {
		report = drawRun
	}
	return h.told, func() ([]byte, error) { return report(dir) }
}
