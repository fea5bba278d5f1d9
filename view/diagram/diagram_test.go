package diagram

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// network has every kind of box and arrow, a fork, a layer of several ops, and texts that need escaping.
func network() *Diagram {
	return &Diagram{
		Title: `A "net" <of> C:\mine & others`,
		Layers: []Layer{
			{Forward: []Box{{"x", "x", "2×3", Input}}},
			{
				Name: "fc1", Parameters: []Box{{"w", "weight", "4×3", Parameter}, {"m", "running_mean", "4", Buffer}},
				Forward:   []Box{{"f1", "fold", "4×3", Op}, {"f2", `Linear "fc1" \n`, "2×4", Op}},
				Gradients: []Box{{"gw", "∂ fc1.weight", "4×3", Gradient}},
			},
			{Forward: []Box{{"r", "ReLU", "2×4", Op}}, Backward: []Box{{"s", "+", "2×4", Op}, {"dr", "ReLU dx", "2×4", Op}}},
			{Forward: []Box{{"a", "+", "2×4", Op}}},
			{
				Parameters: []Box{{"l", "labels", "2", Input}},
				Forward:    []Box{{"loss", "CrossEntropy", "loss", Loss}},
				Backward:   []Box{{"dl", "dlogits", "2×4", Op}},
			},
		},
		Arrows: []Arrow{
			{From: "w", To: "f1"},
			{From: "m", To: "f1"},
			{From: "x", To: "f2"},
			{From: "f1", To: "f2"},
			{From: "f2", To: "r"},
			{From: "r", To: "a"},
			{From: "f2", To: "a"},
			{From: "a", To: "loss"},
			{From: "l", To: "loss"},
			{From: "loss", To: "dl"},
			{From: "dl", To: "dr"},
			{From: "dr", To: "s"},
			{From: "dl", To: "s"},
			{From: "s", To: "gw"},
			{From: "r", To: "dr", Label: "y", Kept: true},
			{From: "f2", To: "gw", Label: "x, weight", Kept: true},
		},
	}
}

// The file is well-formed and says what the diagram says; its boxes lie in it, apart from each other.
func TestSVG(t *testing.T) {
	d := network()
	texts := make(map[string]int)
	shapes := make(map[string]int)
	for decoder := xml.NewDecoder(bytes.NewReader(d.SVG())); ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.CharData:
			texts[strings.TrimSpace(string(token))]++
		case xml.StartElement:
			shapes[token.Name.Local]++
		}
	}
	for _, want := range []string{
		d.Title, "fc1", `Linear "fc1" \n`, "∂ fc1.weight", "x, weight", "running statistic", "kept for the backward pass",
		"backward ↑",
	} {
		if texts[want] == 0 {
			t.Errorf("no text %q in %v", want, texts)
		}
	}
	if got, want := shapes["path"], len(d.Arrows)+3+1; got != want { // 3 heads and the legend's
		t.Errorf("got %d paths, want %d", got, want)
	}
	l := d.layout()
	for i, p := range l.list {
		if p.x < 0 || p.y < 0 || p.x+p.w > l.width || p.y+p.h > l.height {
			t.Errorf("box %s lies outside: %+v of %v x %v", p.box.ID, p, l.width, l.height)
		}
		for _, q := range l.list[:i] {
			if p.x < q.x+q.w && q.x < p.x+p.w && p.y < q.y+q.h && q.y < p.y+p.h {
				t.Errorf("boxes %s and %s overlap", p.box.ID, q.box.ID)
			}
		}
	}
}

// Graphviz takes the text without a word, and finds the boxes and arrows in it.
func TestDOT(t *testing.T) {
	dot, err := exec.LookPath("dot")
	if err != nil {
		t.Skip("no dot: apt-get install graphviz")
	}
	for name, d := range map[string]*Diagram{"network": network(), "empty": {}} {
		c := exec.CommandContext(t.Context(), dot, "-Tplain")
		c.Stdin = bytes.NewReader(d.DOT())
		var out, complaints strings.Builder
		c.Stdout, c.Stderr = &out, &complaints
		if err := c.Run(); err != nil || complaints.Len() > 0 {
			t.Fatalf("%s: %v: %s\n%s", name, err, &complaints, d.DOT())
		}
		boxes := 0
		for i := range d.Layers {
			for column := range columns {
				boxes += len(d.Layers[i].boxes(column))
			}
		}
		n, e := strings.Count(out.String(), "\nnode "), strings.Count(out.String(), "\nedge ")
		if n != boxes || e != len(d.Arrows) {
			t.Errorf("%s: Graphviz finds %d boxes and %d arrows, want %d and %d:\n%s", name, n, e, boxes, len(d.Arrows), &out)
		}
	}
}

func TestEmpty(t *testing.T) {
	if svg := (&Diagram{}).SVG(); !bytes.HasPrefix(svg, []byte("<svg ")) || !bytes.HasSuffix(svg, []byte("</svg>\n")) {
		t.Errorf("got %s", svg)
	}
}
