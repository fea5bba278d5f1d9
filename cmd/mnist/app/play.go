package app

import (
	"context"
	"fmt"

	"github.com/sirupsen/logrus"

	"anneal/data"
	"anneal/view/play"
	"anneal/view/play/session"
)

type playCmd struct {
	Addr   string `default:"localhost:6007" help:"The address to listen on."`
	Export string `placeholder:"DIR" help:"Write the page as static files that train in the browser. It needs Go."`
	logFlags
}

func (p *playCmd) Run(ctx context.Context, c *console) error {
	log := c.log(p.logFlags)
	digits := func() (*session.Digits, error) {
		pair, err := data.Load(ctx, "")
		if err != nil {
			return nil, err
		}
		return session.NewDigits(pair.Train, pair.Test)
	}
	if p.Export != "" {
		return p.export(ctx, log, digits)
	}
	page, err := play.Listen(p.Addr, digits)
	if err != nil {
		return fmt.Errorf("--addr: %w", err)
	}
	if !page.Local() {
		log.Warnf("--addr %s: traffic is not encrypted, so everyone on the network can read the token", p.Addr)
	}
	if p.Quiet {
		fmt.Fprintln(c.stderr, page.Link())
	} else {
		log.Infof("play at %s", page.Link())
	}
	err = page.Serve(ctx)
	log.Info("stopped")
	return err
}

// export writes the page as static files.
func (p *playCmd) export(ctx context.Context, log logrus.FieldLogger, digits func() (*session.Digits, error)) error {
	images, err := digits()
	if err != nil {
		return err
	}
	log.Info("compiling what trains in the browser")
	program, err := play.Compiled(ctx)
	if err != nil {
		return fmt.Errorf("--export: %w", err)
	}
	if err := play.Export(p.Export, program, images); err != nil {
		return fmt.Errorf("--export: %w", err)
	}
	log.Infof("the page is in %s: any web server can serve it, such as python3 -m http.server -d %s",
		p.Export, quote(p.Export))
	return nil
}
