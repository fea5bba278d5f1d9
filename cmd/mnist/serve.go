package main

import (
	"context"
	"fmt"
	"net"

	"anneal/deploy/serve"
)

type serveCmd struct {
	weightsFlags
	Addr        string       `default:"localhost:8080" help:"The address to listen on."`
	AllowOrigin []originFlag `placeholder:"ORIGIN" help:"${allow_origin}"`
	logFlags
}

func (s *serveCmd) Run(ctx context.Context, c *console) error {
	network, err := s.predictor()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", s.Addr)
	if err != nil {
		return fmt.Errorf("--addr %s: %w", s.Addr, err)
	}
	log := c.log(s.logFlags)
	log.Infof("%s, %s: draw a digit at http://%s", s.Model.name, s.Init, listener.Addr())
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
