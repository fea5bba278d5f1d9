package report

import (
	"bytes"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gonum.org/v1/plot/font"
)

// figureNamed draws one line under a name.
func figureNamed(t *testing.T, name, extension string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "f"+extension)
	x := []float64{1, 2, 3}
	f := Figure{Title: name, Panels: []Panel{{
		X: Axis{Label: "轮"}, Y: Axis{Label: "损失"}, Rules: []Rule{{2, "学习率 0.1"}}, Lines: []Line{{Name: name, X: x, Y: x}},
	}}}
	if err := f.Save(path); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// An SVG has Chinese as text, whatever fonts there are.
func TestChineseSVG(t *testing.T) {
	withoutFonts(t)
	svg := string(figureNamed(t, "固定学习率, 😀", ".svg"))
	for _, want := range []string{">固定学习率, 😀<", ">轮<", ">损失<", ">学习率 0.1<", "sans-serif"} {
		if !strings.Contains(svg, want) {
			t.Errorf("there is no %s in %s", want, svg)
		}
	}
}

// A PNG differs where only Chinese characters differ: with a font, and with codes where there is none.
func TestChinesePNG(t *testing.T) {
	differ := func(t *testing.T) {
		one, other := figureNamed(t, "固定学习率", ".png"), figureNamed(t, "阶梯下降法", ".png")
		if bytes.Equal(one, other) {
			t.Error("two names give one picture")
		}
		if _, _, err := image.Decode(bytes.NewReader(one)); err != nil {
			t.Error(err)
		}
	}
	t.Run("codes", func(t *testing.T) {
		withoutFonts(t)
		differ(t)
		want := `lenet, \u56fa\u5b9a \U0001f600`
		if got := written("lenet, 固定　😀"); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
	t.Run("font", func(t *testing.T) {
		if fonts.find('固') == nil {
			t.Skip("no font with Chinese: install one (apt-get install fonts-wqy-zenhei)")
		}
		differ(t)
		if got := written("lenet, 固定"); got != "lenet, 固定" {
			t.Errorf("got %s, want the characters themselves", got)
		}
	})
}

// written returns what a PNG has of a text.
func written(line string) string {
	style := letters(11)
	text := ""
	for _, p := range style.Handler.(typesetter).pieces(line, style.Font) {
		text += p.text
	}
	return text
}

// withoutFonts hides the fonts of the system.
func withoutFonts(t *testing.T) {
	t.Helper()
	were := fonts
	fonts = &systemFonts{folders: []string{t.TempDir()}}
	t.Cleanup(func() { fonts = were })
}

// A file that is no font is passed over.
func TestBrokenFont(t *testing.T) {
	withoutFonts(t)
	for name, content := range map[string]string{"cjk.ttf": "no font", "empty.otf": "", "x.ttc": "ttcf\x00\x01\x00\x00"} {
		if err := os.WriteFile(filepath.Join(fonts.folders[0], name), []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if f := fonts.find('固'); f != nil {
		t.Errorf("got font %v", f)
	}
}

// A long legend has several entries in a row, and no text reaches beyond the picture.
func TestLegendRows(t *testing.T) {
	x := []float64{1, 2}
	var p Panel
	for _, name := range []string{"a", "b", "c", strings.Repeat("固", 90), strings.Repeat("x", 200)} {
		p.Lines = append(p.Lines, Line{Name: name, X: x, Y: x})
	}
	l := newLegend(Figure{Panels: []Panel{p}})
	if l.entries[2].line != 0 || l.entries[2].x <= l.entries[1].x || l.entries[3].line != 1 || l.lines < 5 {
		t.Errorf("got %+v", l)
	}
	style := letters(11)
	for _, e := range l.entries {
		for _, text := range e.text {
			if end := e.x + sample + 8 + style.Width(text); end > width-4*margin+font.Length(20) {
				t.Errorf("%s ends at %v", text, end)
			}
		}
	}
}
