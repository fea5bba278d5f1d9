package app

import (
	"context"
	"fmt"
	"os"

	"anneal/view/board"
)

type boardCmd struct {
	Dir  string `arg:"" optional:"" default:"runs" help:"${board_dir}"`
	Addr string `default:"localhost:6008" placeholder:"ADDR" help:"The address to listen on. Default: ${default}."`
	logFlags
}

func (b *boardCmd) Run(ctx context.Context, c *console) error {
	log := c.log(b.logFlags)
	if b.Dir == "runs" && !exists(b.Dir) {
		if err := os.Mkdir(b.Dir, 0o777); err != nil { // where train will write
			return err
		}
	}
	page, err := board.Start(b.Addr, board.Config{Dir: b.Dir, Read: c.program.readRun})
	if err != nil {
		return err
	}
	if !page.Local() {
		log.Warnf("--addr %s: everyone on the network can read the token of whoever opens the page", b.Addr)
	}
	if b.Quiet {
		fmt.Fprintln(c.stderr, page.URL())
	} else {
		log.Infof("the runs in %s are at %s", b.Dir, page.URL())
	}
	err = page.Serve(ctx)
	log.Info("stopped")
	return err
}
