package guard_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"anneal/internal/guard"
)

// A page that only those see who have its link, served until its context ends.
func Example() {
	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "the page") })

	l, err := guard.Listen("localhost:0", guard.Door{Connections: 128, PerClient: 32})
	if err != nil {
		fmt.Println(err)
		return
	}
	token := guard.NewToken()
	door := guard.New(guard.Config{Hosts: l.Hosts(), Token: token}, page)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	ended := make(chan error)
	go func() { ended <- guard.Serve(ctx, guard.NewServer(door, time.Minute), l, 10*time.Second) }()
	// A user opens l.Link(token) in a browser, which shows the token in a cookie from then on. A program does so in a
	// header.
	for _, header := range []string{"", "Bearer " + string(token)} {
		r, err := http.NewRequest(http.MethodGet, l.URL(), nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		r.Header.Set("Authorization", header)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			fmt.Println(err)
			return
		}
		body, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		fmt.Println(answer.StatusCode, string(body[:8]))
	}
	stop()
	fmt.Println(<-ended)
	// Output:
	// 401 {"error"
	// 200 the page
	// <nil>
}
