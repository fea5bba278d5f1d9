package session_test

import (
	"context"
	"fmt"
	"log"

	"anneal/view/play/session"
)

// Two networks see the same points; one has batch normalization.
func Example() {
	for _, norm := range []string{"none", "batch"} {
		settings := session.Default()
		settings.Norm, settings.Depth = norm, 10
		s, err := session.New(settings, nil)
		if err != nil {
			log.Fatal(err)
		}
		var frame *session.Frame
		for done := 0; done < 300; done = frame.Step { // where steps take long, a reply comes after some of them
			frame = s.Do(context.Background(), session.Request{Steps: 300 - done}).Frame
		}
		fmt.Println(norm, frame.Step, *frame.Test.Accuracy > 0.9)
	}
	// Output:
	// none 300 false
	// batch 300 true
}
