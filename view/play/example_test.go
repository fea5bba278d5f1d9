package play_test

import (
	"context"
	"log"
	"os"
	"os/signal"

	"anneal/data"
	"anneal/view/play"
	"anneal/view/play/session"
)

// The page until it is interrupted, with the digits of MNIST.
func Example() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	page, err := play.Listen("localhost:6007", func() (*session.Digits, error) {
		mnist, err := data.Load(ctx, "")
		if err != nil {
			return nil, err
		}
		return session.NewDigits(mnist.Train, mnist.Test)
	})
	if err != nil {
		log.Fatal(err)
	}
	log.Print("play at ", page.Link())
	if err := page.Serve(ctx); err != nil {
		log.Fatal(err)
	}
}
