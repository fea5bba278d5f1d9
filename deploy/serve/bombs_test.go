package serve

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gorgonia.org/tensor"

	"anneal/deploy/predict"
	"anneal/graph"
	"anneal/internal/limittest"
	"anneal/internal/longtest"
	"anneal/internal/picture/picturetest"
	"anneal/runs"
)

// limits are those that a request of 4 MB is held to, besides the network itself.
var limits = limittest.Limits{Bytes: 200 << 20, Time: time.Second}

// photograph returns an unevenly lit page, in which a digit is looked for in every pixel.
func photograph(t *testing.T, width, height int) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, width, height))
	for i := range img.Pix {
		img.Pix[i] = byte(100 + 120*(i%width)/width + i*i%7)
	}
	for x := width / 3; x < width/2; x++ {
		img.SetGray(x, height/2, color.Gray{})
	}
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := encoder.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// turnedJPEG returns a picture as a camera stores it that is held upright.
func turnedJPEG(t *testing.T, width, height int) []byte {
	t.Helper()
	img := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	for i := range img.Y {
		img.Y[i] = byte(100 + 120*(i%width)/width)
	}
	for x := width / 3; x < width/2; x++ {
		for y := range height / 30 {
			img.Y[(height/2+y)*img.YStride+x] = 0
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 50}); err != nil {
		t.Fatal(err)
	}
	exif := "\xff\xe1\x00\x22Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00" +
		"\x00\x00\x00\x00"
	return append([]byte("\xff\xd8"+exif), b.Bytes()[2:]...)
}

// picturesOf returns a form with n times a picture.
func picturesOf(picture []byte, n int) string {
	part := "--b\r\nContent-Disposition: form-data; name=pictures; filename=a.png\r\n\r\n" + string(picture) + "\r\n"
	return strings.Repeat(part, n) + "--b--\r\n"
}

// Whatever a request of 4 MB holds, it takes at most 1 s of the processor and 200 MB, besides the network itself.
func TestBombs(t *testing.T) {
	longtest.SkipIfRace(t, "measures what large requests take")
	const form = "multipart/form-data; boundary=b"
	large, scans := picturetest.PNG(4096, 3072, 8, 0, 0, 3072*4097), picturetest.JPEG(2048, true, true, 30_000)
	field := "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n"
	for name, c := range map[string]struct {
		kind, body string
		status     int
		want       string
	}{
		"a camera's picture":       {"", string(turnedJPEG(t, 4096, 3072)), 200, `"digit"`},
		"a square one":             {"", string(picturetest.PNG(3547, 3547, 8, 6, 0, 3547*(1+4*3547))), 422, "blank"},
		"16 bits":                  {"", string(picturetest.PNG(4096, 3072, 16, 6, 0, 3072*(1+8*4096))), 422, "blank"},
		"more pixels":              {"", string(picturetest.PNG(4096, 3073, 8, 0, 0, 1000)), 400, "at most 12582912 pixels"},
		"a thin column":            {"", string(picturetest.PNG(1, 12<<20, 8, 0, 0, 12<<21)), 400, "want at most 65535"},
		"as many scans as it may":  {"", string(picturetest.JPEG(3500, true, true, 16_000)), 422, "blank"},
		"more scans":               {"", string(picturetest.JPEG(3500, true, true, 32_000)), 400, "as much work"},
		"a photograph of a page":   {"", string(photograph(t, 1200, 1200)), 200, `"digit"`},
		"300 large pictures":       {form, picturesOf(large[:12_000], 300), 400, "as much work"},
		"pictures with many scans": {form, picturesOf(scans, 100), 400, "as much work"},
		"photographs":              {form, picturesOf(photograph(t, 300, 300), 25), 200, `"digit"`},
		"too many photographs":     {form, picturesOf(photograph(t, 300, 300), 26), 400, "as much work"},
		"small photographs":        {form, picturesOf(photograph(t, 28, 28), 1000), 200, `"digit"`},
		"fields":                   {form, strings.Repeat(field, 80_000), 400, "more than 2048"},
		"headers of a form":        {form, "--b\r\n" + strings.Repeat("A: b\r\n", 600_000), 400, "form: "},
		"nested lists":             {"", `{"pixels":` + strings.Repeat("[", 4<<20), 400, "JSON"},
		"a long list":              {"", `{"pixels":[` + strings.Repeat("0,", 2<<20) + "0]}", 400, "want 784"},
		"a list of lists":          {"", "[" + strings.Repeat("[],", 1<<20) + "[]]", 400, ""},
		"a key many times":         {"", "{" + strings.Repeat(`"pixels":[1],`, 300_000) + `"pixels":[1]}`, 400, ""},
		"objects":                  {"", "[" + strings.Repeat(`{},`, 1<<20) + "{}]", 0, ""},
		"digits of a number":       {"", `{"pixels":[` + strings.Repeat("1", 4<<20) + "]}", 400, ""},
		"text":                     {"", `{"` + strings.Repeat(`\u00e9`, 600_000) + `":1}`, 400, ""},
	} {
		if len(c.body) > 4<<20+1<<16 {
			t.Errorf("%s: a test of %d bytes", name, len(c.body))
		}
		s := newService(fake(darkest))
		r := httptest.NewRequest("POST", "/predict", strings.NewReader(c.body))
		r.Header.Set("Content-Type", c.kind)
		w := httptest.NewRecorder()
		limits.Run(t, name, func() { s.ServeHTTP(w, r) })
		if c.status != 0 && w.Code != c.status || !strings.Contains(w.Body.String(), c.want) {
			t.Errorf("%s: got %d %.200s, want %d with %q", name, w.Code, w.Body, c.status, c.want)
		}
		s.Close()
	}
}

// The same for what looks into a network of many layers.
func TestActivationsBombs(t *testing.T) {
	p := deep(t)
	for name, c := range map[string]struct {
		body, want string
	}{
		"a camera's picture": {string(turnedJPEG(t, 4096, 3072)), `"networks"`},
		"pixels":             {withPixels("9", 784), `"networks"`},
		"a list":             {"[" + strings.Repeat(withPixels("9", 784)+",", 1000) + withPixels("9", 784) + "]", "want one"},
		"a list of lists":    {"[" + strings.Repeat("[],", 1<<20) + "[]]", "error"},
		"more scans":         {string(picturetest.JPEG(3500, true, true, 32_000)), "as much work"},
	} {
		s := New(p)
		r := httptest.NewRequest("POST", "/activations", strings.NewReader(c.body))
		w := httptest.NewRecorder()
		limits.Run(t, name, func() { s.ServeHTTP(w, r) })
		if !strings.Contains(w.Body.String(), c.want) || w.Body.Len() > 1<<20 {
			t.Errorf("%s: got %d %.200s, %d bytes, want %q", name, w.Code, w.Body, w.Body.Len(), c.want)
		}
		s.Close()
	}
}

// The same for the rows of a table.
func TestTableBombs(t *testing.T) {
	model := func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Linear("fc", b.Flatten(x), 2) }
	p, err := predict.New(model, graph.NewParams(0, tensor.Float32), predict.OptionsOf(runs.DataRecord{
		Shape: [3]int{2, 1, 1}, XShape: []int{2}, Means: []float64{0, 0}, Stds: []float64{1, 1}, Name: "pairs",
		Columns: []runs.ColumnRecord{{Name: "a"}, {Name: "b"}},
	}))
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string]string{
		"one cell":    "a,b\n" + strings.Repeat("1", 4<<20),
		"rows":        "a,b\n" + strings.Repeat("1,2\n", 1<<20),
		"columns":     strings.Repeat("a,", 2<<20),
		"quotes":      `"` + strings.Repeat(`""`, 2<<20),
		"empty lines": strings.Repeat("\n", 4<<20),
		"objects":     "[" + strings.Repeat(`{"a":1},`, 500_000) + "{}]",
		"keys":        "{" + strings.Repeat(`"a":1,`, 600_000) + `"b":2}`,
	} {
		s := newService(p)
		r := httptest.NewRequest("POST", "/predict", strings.NewReader(body))
		w := httptest.NewRecorder()
		limits.Run(t, name, func() { s.ServeHTTP(w, r) })
		if w.Code >= 500 || w.Body.Len() > 1000 {
			t.Errorf("%s: got %d %.200s, want a short answer", name, w.Code, w.Body)
		}
		s.Close()
	}
}
