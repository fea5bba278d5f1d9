package live

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"anneal/runs"
	"anneal/schedules"
)

// Viewers get what chooses, whether there are classes, and the metrics of each epoch.
func TestViewersGetMetrics(t *testing.T) {
	h := newHistory("line", time.Now)
	e := start(schedules.Constant{}, runs.PerEpoch, 0.1)
	e.By, e.Best, e.NoClasses = runs.ByTest, "mae", true
	add(t, h, e, runs.Epoch{Epoch: 1, Step: 1000, NoClasses: true, Metrics: []runs.Metric{{Name: "mae", Test: new(0.5)}}})
	u, _ := h.since(0)
	text, err := json.Marshal(u)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"by":"test","chooses":"mae","no_classes":true`, `"metrics":[{"name":"mae","test":0.5}]`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("got %s, want %s in it", text, want)
		}
	}
}
