package serve

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"gorgonia.org/tensor"

	"anneal/deploy/predict"
	"anneal/graph"
	"anneal/models"
	"anneal/weights"
)

// digits is a trained network of digits with batch normalization.
func digits(t *testing.T) *predict.Predictor {
	t.Helper()
	params := graph.NewParams(0, tensor.Float32)
	p, err := predict.New(models.LeNetBN, params, predict.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := weights.Load("../predict/testdata/lenet-bn.safetensors", params); err != nil {
		t.Fatal(err)
	}
	return p
}

// look returns the answer of /activations.
func look(t *testing.T, s *Service, body string) (all activations) {
	t.Helper()
	status, text, _ := get(s, "POST", "/activations", body)
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&all); err != nil || status != 200 || len(all.Networks) == 0 {
		t.Fatalf("got %d %.300s, %v", status, text, err)
	}
	return all
}

// The layers of a picture are those of the network, their statistics those of all numbers, and the prediction that of
// /predict.
func TestActivations(t *testing.T) {
	p := digits(t)
	s := New(p)
	defer s.Close()
	picture := string(cross(t))
	all := look(t, s, picture)
	_, answer, _ := get(s, "POST", "/predict", picture)
	var want digitAnswer
	if err := json.Unmarshal([]byte(answer), &want); err != nil {
		t.Fatal(err)
	}
	got := all.Networks[0]
	if *got.Prediction.Digit != want.Digit || !slices.Equal(got.Prediction.Pixels, want.Pixels) || len(got.Layers) != 11 {
		t.Errorf("got %v and %d layers, want %v", got.Prediction, len(got.Layers), want)
	}
	var x []float32
	for _, v := range want.Pixels {
		x = append(x, (float32(v)/255-0.1307)/0.3081)
	}
	_, err := p.Inside(x, func(list []predict.Activation) {
		for i, a := range list {
			l := got.Layers[i]
			sum, low, high, total := 0.0, math.Inf(1), math.Inf(-1), 0
			for _, v := range a.Values {
				sum, low, high = sum+float64(v), min(low, float64(v)), max(high, float64(v))
			}
			for _, n := range l.Counts {
				total += n
			}
			if math.Abs(l.Mean-sum/float64(len(a.Values))) > 1e-3 || math.Abs(l.Low-low) > 1e-3 ||
				math.Abs(l.High-high) > 1e-3 || total != len(a.Values) || l.Name != a.Name || l.Normalises != a.Normalises {
				t.Errorf("layer %d, %s: got %v %v %v, %d counted", i, l.Kind, l.Low, l.Mean, l.High, total)
			}
			if l.Block != 1 || len(l.Levels) != len(a.Values) {
				t.Errorf("layer %d, %s: %d levels of blocks of %d", i, l.Kind, len(l.Levels), l.Block)
				continue
			}
			for j, v := range a.Values {
				drawn := l.Low + float64(l.Levels[j])/255*(l.High-l.Low)
				if math.Abs(drawn-float64(v)) > (l.High-l.Low)/500+1e-3 {
					t.Errorf("layer %d, %s: number %d is %v and drawn as %v", i, l.Kind, j, v, drawn)
					break
				}
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for body, says := range map[string]string{
		"[" + withPixels("1", 784) + "," + withPixels("2", 784) + "]": "got 2 samples, want one",
		withPixels("1", 783): "got 783, want 784",
	} {
		if status, text, _ := get(s, "POST", "/activations", body); status != 400 || !strings.Contains(text, says) {
			t.Errorf("got %d %s, want %s", status, text, says)
		}
	}
}

// A network without batch normalization stands beside one with it, and takes the same sample.
func TestBeside(t *testing.T) {
	plain, err := predict.New(models.LeNet, graph.NewParams(0, tensor.Float32), predict.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := Waiting()
	defer s.Close()
	if err := s.Open(Network{digits(t), &Card{Network: "lenet-bn"}}, Network{plain, &Card{Network: "lenet"}}); err != nil {
		t.Fatal(err)
	}
	all := look(t, s, withPixels("200", 784)).Networks
	if len(all) != 2 || all[0].Network != "lenet-bn" || all[1].Network != "lenet" ||
		len(all[1].Layers) >= len(all[0].Layers) {
		t.Errorf("got %d networks, %s with %d layers", len(all), all[0].Network, len(all[0].Layers))
	}
	other, err := predict.New(models.LeNet, graph.NewParams(0, tensor.Float32), predict.Options{Mean: 0.5, Std: 0.5})
	if err != nil {
		t.Fatal(err)
	}
	const says = "serve: b beside a: predict: means [0.5]: want what the other network has, [0.1307]"
	s = Waiting()
	defer s.Close()
	err = s.Open(Network{plain, &Card{Network: "a"}}, Network{other, &Card{Network: "b"}})
	if err == nil || err.Error() != says {
		t.Errorf("got %v, want %s", err, says)
	}
}

// Large results become small: pictures by means of blocks, lists and matrices by their first numbers. Numbers that are
// not finite are counted apart.
func TestLayer(t *testing.T) {
	ramp := func(shape ...int) predict.Activation {
		n := 1
		for _, size := range shape {
			n *= size
		}
		a := predict.Activation{Kind: "Linear", Shape: shape, Values: make([]float32, n)}
		for i := range a.Values {
			a.Values[i] = float32(i)
		}
		return a
	}
	for _, c := range []struct {
		shape []int
		shown [3]int
		block int
	}{
		{[]int{10, 24, 24}, [3]int{10, 24, 24}, 1},
		{[]int{3, 224, 224}, [3]int{3, 45, 45}, 5},
		{[]int{512, 7, 7}, [3]int{64, 7, 7}, 1},
		{[]int{2, 3, 100, 5}, [3]int{6, 100, 5}, 1},
		{[]int{100_000}, [3]int{1, 1, 8192}, 1},
		{[]int{600, 64}, [3]int{1, 128, 64}, 1},
		{[]int{2, 20_000}, [3]int{1, 1, 8192}, 1},
		{[]int{}, [3]int{1, 1, 1}, 1},
	} {
		l := layerOf(ramp(c.shape...), maxLevels)
		if l.Shown != c.shown || l.Block != c.block || len(l.Levels) != c.shown[0]*c.shown[1]*c.shown[2] {
			t.Errorf("%v: got %v in blocks of %d, %d levels", c.shape, l.Shown, l.Block, len(l.Levels))
		}
	}
	l := layerOf(ramp(1, 4, 6), 6)
	if want := []byte{39, 61, 83, 172, 194, 216}; l.Block != 2 || !slices.Equal(l.Levels, want) {
		t.Errorf("got blocks of %d, %v, want %v", l.Block, l.Levels, want)
	}
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	l = layerOf(predict.Activation{Shape: []int{5}, Values: []float32{nan, inf, -inf, 0, 2}}, maxLevels)
	if l.NotFinite != 3 || l.Low != 0 || l.High != 2 || l.Mean != 1 || l.Zeros != 0.5 ||
		!slices.Equal(l.Levels, []byte{0, 255, 0, 0, 255}) {
		t.Errorf("got %+v", l)
	}
	l = layerOf(predict.Activation{Shape: []int{2}, Values: []float32{nan, inf}}, maxLevels)
	if _, err := json.Marshal(l); err != nil || l.NotFinite != 2 {
		t.Errorf("got %+v, %v", l, err)
	}
	many := make([]predict.Activation, maxLayers+3)
	for i := range many {
		many[i] = ramp(8, 32, 32)
	}
	layers, left := layersOf(many)
	levels := 0
	for _, l := range layers {
		levels += base64.StdEncoding.EncodedLen(len(l.Levels))
	}
	if len(layers) != maxLayers || left != 3 || levels > maxCells*3/2 {
		t.Errorf("got %d layers, %d left out, %d bytes", len(layers), left, levels)
	}
}

// telling is a network that tells when it reads a body, which is when a request has its part of the service.
type telling struct {
	fakeNetwork
	read chan bool
}

func (n telling) JSON(body []byte, most int) (samples [][]float32, list bool, err error) {
	n.read <- true
	return n.fakeNetwork.JSON(body, most)
}

// Who looks inside waits while questions wait, and one client has two such requests.
func TestQuestionsGoFirst(t *testing.T) {
	var order []string
	started, release, read := make(chan bool, 10), make(chan bool), make(chan bool, 10)
	s := newService(telling{fake(func(images ...[]byte) ([]predict.Prediction, error) {
		order = append(order, "answer")
		started <- true
		<-release
		return darkest(images...)
	}), read})
	defer s.Close()
	server := httptest.NewServer(s.Guard())
	defer server.Close()
	ended := make(chan bool, 10)
	to := func(path string) *http.Request {
		r, err := http.NewRequest("POST", server.URL+path, strings.NewReader(withPixels("3", 784)))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	ask := func(path string) {
		r := to(path)
		go func() {
			_, _ = do(t, r)
			ended <- true
		}()
	}
	ask("/predict")
	<-started
	ask("/activations")
	ask("/activations")
	for range 3 {
		<-read
	}
	if status, text := do(t, to("/activations")); status != 503 || !strings.Contains(text, "too many") {
		t.Errorf("a third request: got %d %s, want 503", status, text)
	}
	for range 3 {
		ask("/predict")
	}
	for len(s.batches.waiting) < 3 {
		time.Sleep(time.Millisecond)
	}
	aside := make(chan bool)
	go func() {
		if err := s.batches.aside(t.Context(), func() { order = append(order, "aside") }); err != nil {
			t.Error(err)
		}
		close(aside)
	}()
	release <- true
	<-started // the three share a run, which begins before what runs aside
	close(release)
	<-aside
	for range 6 {
		<-ended
	}
	if got := strings.Join(order, " "); got != "answer answer aside" {
		t.Errorf("got %s", got)
	}
}
