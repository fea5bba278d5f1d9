package play

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"anneal/internal/limittest"
	"anneal/view/play/session"
)

// FuzzRequest begins a session with whatever body, and asks it again. A session, or an error of one line, costs no more
// than the limits, however large the network is that the settings ask for.
func FuzzRequest(f *testing.F) {
	large := session.Default()
	large.Depth, large.Width, large.Batch = 16, 256, 500
	long := session.Default()
	long.Schedule = strings.Repeat("ChainedScheduler([", 55)
	for _, s := range []session.Settings{session.Default(), large, long} {
		body, err := json.Marshal(session.Request{Settings: &s, Steps: 1})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	for _, body := range []string{
		"", "{}", "[[[", `{"settings":{}}`, `{"settings":{"data":"digits"}}`, `{"until":1e308,"milliseconds":-1}`,
		`{"other":1}`, `{"settings":{"seed":1e400}}`, strings.Repeat("[", maxRequest),
		`"` + strings.Repeat("a", maxRequest+1) + `"`,
	} {
		f.Add([]byte(body))
	}
	limits := limittest.Limits{Bytes: 200 << 20, Time: time.Second}
	f.Fuzz(func(t *testing.T, body []byte) {
		limits.Run(t, "a request", func() {
			request, err := read(httptest.NewRecorder(), httptest.NewRequest("POST", "/sessions", bytes.NewReader(body)))
			if err != nil {
				return
			}
			request.Milliseconds = 1 // a request may train for a second
			made, reply := session.Begin(context.Background(), request, nil)
			if (made == nil) != (reply.Error != "") || (made == nil) != (reply.Frame == nil) {
				t.Errorf("%s: got session %v and %+v", body, made, reply)
			}
			if made != nil {
				reply = made.Do(context.Background(), session.Request{Reset: true, Steps: 1, Milliseconds: 1})
			}
			if strings.Contains(reply.Error, "\n") {
				t.Errorf("%s: got %q, want one line", body, reply.Error)
			}
		})
	})
}
