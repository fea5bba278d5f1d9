package serve

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"anneal/deploy/predict"
	"anneal/graph"
	"anneal/internal/browsertest"
)

// colours serves a network of 3×32×32 pixels, whose classes are the channels, each with its own statistics.
func colours(t *testing.T) *httptest.Server {
	t.Helper()
	linear := func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Linear("fc", b.Flatten(x), 3) }
	params := graph.NewParams(0, tensor.Float32)
	p, err := predict.New(linear, params, predict.Options{
		Shape: [3]int{3, 32, 32}, Means: []float64{0.1, 0.2, 0.3}, Stds: []float64{0.5, 0.4, 0.3},
		DataName: "leaves", ClassNames: []string{"Ankle boot", "T-shirt/top", "<b>Coat</b>"},
	})
	if err != nil {
		t.Fatal(err)
	}
	w := params.Lookup("fc.weight").Value().Float32s()
	for i := range w {
		w[i] = 0
		if i/1024%3 == i/3072 {
			w[i] = 0.01
		}
	}
	s := New(p)
	server := httptest.NewServer(s)
	t.Cleanup(func() { server.Close(); s.Close() })
	return server
}

// green returns a PNG of one colour.
func green(t *testing.T, width, height int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(img, img.Rect, image.NewUniform(color.RGBA{0, 200, 0, 255}), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestColourNetwork asks a network whose classes have names about pictures and pixels.
func TestColourNetwork(t *testing.T) {
	server := colours(t)
	pixels := `{"pixels":[` + strings.Repeat("0,", 1024) + strings.Repeat("200,", 1024) + strings.Repeat("0,", 1023) +
		"0]}"
	for _, c := range []struct {
		kind, body string
		lit        int // green pixels of 200
	}{
		{"image/png", string(green(t, 32, 32)), 1024},
		{"image/png", string(green(t, 200, 100)), 512}, // with black above and below
		{"application/json", pixels, 0},
	} {
		response, err := http.Post(server.URL+"/predict", c.kind, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Class         int
			Name          string
			Probabilities []float64
			Pixels        []int
		}
		d := json.NewDecoder(response.Body)
		d.DisallowUnknownFields()
		if err := d.Decode(&got); err != nil || response.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d, %v", c.kind, response.StatusCode, err)
		}
		response.Body.Close()
		lit := 0
		for _, v := range got.Pixels {
			if v == 200 {
				lit++
			}
		}
		if got.Class != 1 || got.Name != "T-shirt/top" || len(got.Probabilities) != 3 || lit != c.lit {
			t.Errorf("%s: got class %d, %s, %d green pixels, want T-shirt/top and %d", c.kind, got.Class, got.Name, lit, c.lit)
		}
	}
	response, err := http.Post(server.URL+"/predict", "application/json", strings.NewReader(`{"pixels":[1]}`))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var wrong struct{ Error string }
	if err := json.NewDecoder(response.Body).Decode(&wrong); err != nil || response.StatusCode != http.StatusBadRequest ||
		wrong.Error != "pixels: got 1, want 3072" {
		t.Errorf("got status %d, %+v, %v", response.StatusCode, wrong, err)
	}
}

func TestModel(t *testing.T) {
	server := colours(t)
	response, err := http.Get(server.URL + "/model")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var got struct {
		Data       string
		Shape      []int
		Preprocess string
		Classes    []string
	}
	if err := json.NewDecoder(response.Body).Decode(&got); err != nil || got.Data != "leaves" ||
		fmt.Sprint(got.Shape) != "[3 32 32]" || got.Preprocess != "none" ||
		!slices.Equal(got.Classes, []string{"Ankle boot", "T-shirt/top", "<b>Coat</b>"}) {
		t.Errorf("got %+v, %v", got, err)
	}
}

// Chromium gives the page of a network that is not of digits a picture file.
func TestNamedPageInBrowser(t *testing.T) {
	browser := browsertest.New(t)
	path := filepath.Join(t.TempDir(), "green.png")
	if err := os.WriteFile(path, green(t, 64, 64), 0o666); err != nil {
		t.Fatal(err)
	}
	browser.Run(colours(t).URL, path, "T-shirt/top")
}
