package app

import (
	"context"
	"fmt"

	"github.com/sirupsen/logrus"

	"anneal/deploy/predict"
	"anneal/deploy/serve"
	"anneal/internal/guard"
)

type serveCmd struct {
	weightsFlags
	Addr        string       `default:"localhost:8080" help:"The address to listen on."`
	AllowOrigin []originFlag `placeholder:"ORIGIN" help:"${allow_origin}"`
	AllowHost   []hostFlag   `placeholder:"HOST" help:"${allow_host}"`
	Token       tokenFlag    `placeholder:"TOKEN" env:"ANNEAL_TOKEN" help:"${token}"`
	Cert        string       `placeholder:"FILE" and:"tls" help:"A PEM file with a certificate, for TLS; with --key."`
	Key         string       `placeholder:"FILE" and:"tls" help:"A PEM file with the key of --cert."`
	Proxy       bool         `help:"${proxy}"`
	Beside      string       `placeholder:"FILE" help:"${beside}"`
	Licence     string       `placeholder:"TEXT" help:"${serve_licence}"`
	Drain       stayFlag     `placeholder:"TIME" help:"Answer this long after a signal, with 503 at /readyz. Default: 0s."`
	logFlags
}

const serveConnections = 1024 // at a time, of which one client may have a quarter

func (s *serveCmd) Run(ctx context.Context, c *console) error {
	log := c.log(s.logFlags)
	door := guard.Door{Connections: serveConnections, PerClient: serveConnections / 4, Cert: s.Cert, Key: s.Key}
	if s.Proxy {
		door.PerClient = 0 // all connections are the proxy's
	}
	listener, err := guard.Listen(s.Addr, door)
	if err != nil {
		return fmt.Errorf("--addr %s: %w", s.Addr, err)
	}
	service := serve.Waiting(s.options()...)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- service.Serve(ctx, listener) }()
	if err := s.open(c, log, service, listener); err != nil {
		stop()
		<-ended
		return err
	}
	err = <-ended
	log.Info("stopped")
	return err
}

// open loads the network, gives it to the service that waits for it at l, and says where that is.
func (s *serveCmd) open(c *console, log logrus.FieldLogger, service *serve.Service, l *guard.Listener) error {
	network, assumed, err := s.network(log, s.Licence)
	if err != nil {
		return err
	}
	var beside []serve.Network
	if s.Beside != "" {
		other := weightsFlags{Init: s.Beside, factsFlags: s.factsFlags}
		n, _, err := other.network(log, "")
		if err != nil {
			return fmt.Errorf("--beside %s: %w", s.Beside, err)
		}
		beside = append(beside, *n)
	}
	if err := service.Open(*network, beside...); err != nil {
		return fmt.Errorf("--beside %s: %w", s.Beside, err)
	}
	if assumed != "" {
		log.Warn(assumed)
	}
	what := map[predict.Input]string{
		predict.Digits: "draw a digit", predict.Pictures: "classify pictures", predict.Table: "fill in a row",
		predict.Tensors: "enter numbers",
	}[network.Options().Input()]
	s.warn(log, l)
	link := l.Link(s.Token.fresh)
	log.Infof("%s, %s: %s at %s", s.Model.name, s.Init, what, link)
	if s.Quiet && s.Token.fresh != "" {
		fmt.Fprintln(c.stderr, link)
	}
	return nil
}

// network returns the network that the flags name with its card, and what is taken for granted about its pictures.
func (w *weightsFlags) network(log logrus.FieldLogger, licence string) (n *serve.Network, assumed string, err error) {
	p, o, assumed, err := w.predictorOf(log)
	if err != nil {
		return nil, "", err
	}
	card, err := o.card(w.Model.name, licence, p)
	return &serve.Network{Predictor: p, Card: card}, assumed, err
}

// options returns what the flags say of clients.
func (s *serveCmd) options() []serve.Option {
	options := []serve.Option{serve.RequireToken(s.Token.secret), serve.Drain(s.Drain.Duration)}
	for _, o := range s.AllowOrigin {
		options = append(options, serve.AllowOrigins(string(o)))
	}
	for _, h := range s.AllowHost {
		options = append(options, serve.AllowHosts(string(h)))
	}
	if s.Proxy {
		options = append(options, serve.BehindProxy())
	}
	return options
}

// warn says what others on the network can do.
func (s *serveCmd) warn(log logrus.FieldLogger, l *guard.Listener) {
	const ask = "--addr %s: everyone on the network can ask the network and read /metrics, see --token"
	const read = "--addr %s without --cert: who is on the way can read what is asked, the answers and the token"
	switch {
	case l.Local() || s.Proxy:
	case s.Token.secret == "":
		log.Warnf(ask, s.Addr)
	case !l.Encrypted():
		log.Warnf(read, s.Addr)
	}
}

// hostFlag is a value of Host headers.
type hostFlag string

// UnmarshalText parses the flag.
func (h *hostFlag) UnmarshalText(text []byte) error {
	host, err := serve.ParseHost(string(text))
	*h = hostFlag(host)
	return err
}

// tokenFlag is a secret, new to make one up.
type tokenFlag struct {
	secret string
	fresh  guard.Token // the secret if it was made up: nobody knows it, so it is printed
}

// UnmarshalText parses the flag.
func (t *tokenFlag) UnmarshalText(text []byte) (err error) {
	if string(text) == "new" {
		t.fresh = guard.NewToken()
		t.secret = string(t.fresh)
		return nil
	}
	t.secret, err = serve.ParseToken(string(text))
	return err
}

// originFlag is the origin of a site's pages.
type originFlag string

// UnmarshalText parses the flag.
func (o *originFlag) UnmarshalText(text []byte) error {
	origin, err := serve.ParseOrigin(string(text))
	*o = originFlag(origin)
	return err
}
