package board_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"

	"anneal/view/board"
)

// The page of the runs in a folder is there until the program is interrupted.
func Example() {
	b, err := board.Start("localhost:6008", board.Config{Dir: "runs"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(b.URL())
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := b.Serve(ctx); err != nil {
		log.Fatal(err)
	}
}
