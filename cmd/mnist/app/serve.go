package app

import (
	"context"
	"fmt"
	"net"

	"anneal/deploy/predict"
	"anneal/deploy/serve"
)

type serveCmd struct {
	weightsFlags
	Addr        string       `default:"localhost:8080" help:"The address to listen on."`
	AllowOrigin []originFlag `placeholder:"ORIGIN" help:"${allow_origin}"`
	logFlags
}

func (s *serveCmd) Run(ctx context.Context, c *console) error {
	log := c.log(s.logFlags)
	network, assumed, err := s.predictor(log)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", s.Addr)
	if err != nil {
		return fmt.Errorf("--addr %s: %w", s.Addr, err)
	}
	if assumed != "" {
		log.Warn(assumed)
	}
	what := map[predict.Input]string{
		predict.Digits: "draw a digit", predict.Pictures: "classify pictures", predict.Table: "fill in a row",
		predict.Tensors: "enter numbers",
	}[network.Options().Input()]
	log.Infof("%s, %s: %s at http://%s", s.Model.name, s.Init, what, listener.Addr())
	var origins []string
	for _, o := range s.AllowOrigin {
		origins = append(origins, string(o))
	}
	err = serve.New(network, serve.AllowOrigins(origins...)).Serve(ctx, listener)
	log.Info("stopped")
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
