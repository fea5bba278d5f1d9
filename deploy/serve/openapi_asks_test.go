package serve

import (
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"gorgonia.org/tensor"

	"anneal/deploy/predict"
	"anneal/graph"
)

// broken is a network that does not know its classes.
type broken struct{ fakeNetwork }

func (broken) Classes() (int, error) { return 0, errLoading }

// fullCard has every field.
func fullCard(t *testing.T, p *predict.Predictor) *Card {
	t.Helper()
	c, err := NewCard("lenet-bn", p)
	if err != nil {
		t.Fatal(err)
	}
	right := 0.99
	c.Limits = append(c.Limits, Limit{"own", "It was trained for a test."})
	c.File, c.SHA256, c.Licence = "final.safetensors", strings.Repeat("0", 64), "CC BY 4.0"
	c.Training = &Training{
		Date: time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC), Data: "MNIST", SHA256: strings.Repeat("1", 64), Samples: 60_000,
		Solver: "SGD(lr=0.1)", Schedule: "StepLR(step_size=5)", Interval: "epoch", Epochs: 10, Batch: 64,
		Loss: "CrossEntropyLoss", Augment: "RandomAffine(10)", Seed: 1,
	}
	c.Results = []Result{
		{"test", 10_000, 10, 0.03, &right, map[string]float64{"macro_f1": 0.99}}, {"validation", 5000, 10, 0.04, &right, nil},
	}
	return c
}

// askAll asks for each status of each path, and for each field.
func askAll(t *testing.T, d *described) {
	const token, site, form = "open-sesame-12345", "https://friend.example", "multipart/form-data; boundary=b"
	p := digits(t)
	s := Waiting(RequireToken(token), AllowOrigins(site))
	if err := s.Open(Network{p, fullCard(t, p)}, Network{deep(t), &Card{Network: "deep"}}); err != nil {
		t.Fatal(err)
	}
	guarded, bearer, drawn := s.Guard(), []string{"Authorization", "Bearer " + token}, string(cross(t))
	for _, path := range []string{
		"/", "/page.js", "/page.css", "/words.js", "/language.js", "/model", "/openapi.yaml", "/healthz", "/readyz",
		"/metrics", "/nowhere",
	} {
		d.ask(t, guarded, "GET", path, "", "", bearer...)
		d.ask(t, guarded, "GET", path, "", "")
		d.ask(t, guarded, "GET", path, "", "", append([]string{"Host", "evil.example"}, bearer...)...)
		d.ask(t, s, "DELETE", path, "", "")
	}
	d.ask(t, guarded, "GET", "/?token="+token, "", "")
	for _, path := range []string{"/predict", "/activations", "/model"} {
		wants := []string{"Origin", site, "Access-Control-Request-Method", "POST"}
		d.ask(t, guarded, "OPTIONS", path, "", "", wants...)
		d.ask(t, guarded, "OPTIONS", path, "", "", "Origin", "https://evil.example")
		d.ask(t, s, "OPTIONS", path, "", "")
		d.ask(t, Waiting(), method(path), path, "", "")
	}
	for _, path := range []string{"/predict", "/activations"} {
		for _, output := range []string{"", "?output=logits", "?output=none"} {
			d.ask(t, guarded, "POST", path+output, "image/png", drawn, bearer...)
		}
		d.ask(t, guarded, "POST", path, "", drawn)
		d.ask(t, guarded, "POST", path, "", drawn, append([]string{"Host", "evil.example"}, bearer...)...)
		d.ask(t, s, "POST", path, "text/plain", drawn)
		d.ask(t, s, "POST", path, "", string(blank(t)))
		d.ask(t, s, "POST", path, "", strings.Repeat(" ", maxBody+1))
		d.ask(t, s, "POST", path, "", "["+withPixels("1", 784)+"]")
		d.ask(t, s, "POST", path, form, picturesOf([]byte(drawn), 2))
	}
	d.ask(t, Waiting(), "GET", "/readyz", "", "")
	d.ask(t, newService(broken{fake(darkest)}), "GET", "/model", "", "")
	s.Close()
	d.ask(t, s, "POST", "/predict", "", withPixels("1", 784))
	d.ask(t, s, "POST", "/activations", "", withPixels("1", 784))

	for _, c := range []struct {
		network    http.Handler
		kind, body string
	}{
		{table(t).Config.Handler, "application/json", `{"area": 120, "town": "Graz"}`},
		{table(t).Config.Handler, "text/csv", "area,town\n120,Graz\n"},
		{labels(t).Config.Handler, "application/json", `{"x": [1, 2, 3, 4]}`},
		{labels(t).Config.Handler, "application/json", `[{"x": [[1, 2], [3, 4]]}]`},
		{colours(t).Config.Handler, "", string(green(t, 32, 32))},
	} {
		for _, path := range []string{"/predict", "/predict?output=values", "/activations", "/activations?output=logits"} {
			d.ask(t, c.network, "POST", path, c.kind, c.body)
		}
		d.ask(t, c.network, "GET", "/model", "", "")
	}
	overflows := labels(t).Config.Handler
	for _, path := range []string{"/predict", "/activations"} {
		d.ask(t, overflows, "POST", path, "", `{"x": [1e38, 3e38, 1, 1]}`)
	}
}

func method(path string) string {
	if path == "/model" {
		return "GET"
	}
	return "POST"
}

// deep is a network of digits of more layers than an answer has, one of which computes numbers that are not finite.
func deep(t *testing.T) *predict.Predictor {
	t.Helper()
	params := graph.NewParams(0, tensor.Float32)
	model := func(b *graph.Builder, x *graph.Node) *graph.Node {
		h := b.ReLU(b.Linear("fc", b.Flatten(x), 10))
		huge := b.Linear("huge", h, 1)
		for range maxLayers {
			h = b.ReLU(h)
		}
		return b.Add(b.Linear("back", b.Sigmoid(huge), 10), h)
	}
	p, err := predict.New(model, params, predict.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"huge.weight", "huge.bias"} {
		for i := range params.Lookup(name).Value().Float32s() {
			params.Lookup(name).Value().Float32s()[i] = math.MaxFloat32
		}
	}
	params.Lookup("fc.bias").Value().Float32s()[0] = 10
	return p
}
