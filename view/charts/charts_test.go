package charts

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"anneal/internal/browsertest"
)

// TestInAPage checks that the texts can stand in an HTML page as they are.
func TestInAPage(t *testing.T) {
	for name, text := range map[string]string{"script": Script, "style": Style} {
		if lower := strings.ToLower(text); strings.Contains(lower, "</"+name) || strings.Contains(lower, "<!--") {
			t.Errorf("the %s ends its own element", name)
		}
	}
	if !strings.Contains(Script, "Permission is hereby granted") {
		t.Error("uPlot's licence is missing")
	}
	if strings.Contains(strings.ReplaceAll(Script+Style, "http://www.w3.org/2000/svg", ""), "http://") {
		t.Error("something may be fetched")
	}
}

// No word is missing in a language, none is left over, and both texts have the same values in them.
func TestWords(t *testing.T) {
	text := regexp.MustCompile(`(?s)charts\.words = (\{.*?\n\});`).FindStringSubmatch(Script)
	if text == nil {
		t.Fatal("words.js has no words")
	}
	var words map[string][]string
	if err := json.Unmarshal([]byte(strings.Replace(text[1], ",\n}", "\n}", 1)), &words); err != nil {
		t.Fatal(err)
	}
	value, han := regexp.MustCompile(`\{\w+\}`), regexp.MustCompile(`\p{Han}`)
	for key, texts := range words {
		if len(texts) != 2 || texts[0] == "" || texts[1] == "" || han.MatchString(texts[0]) {
			t.Errorf("%s: got %q, want a text in English and one in Chinese", key, texts)
			continue
		}
		a, b := value.FindAllString(texts[0], -1), value.FindAllString(texts[1], -1)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(a, b) {
			t.Errorf("%s: got %q, with other values", key, texts)
		}
		group, _, _ := strings.Cut(key, ".")
		if strings.Count(Script, `"`+key+`"`) < 2 && !strings.Contains(Script, "`"+group+".${") &&
			!slices.Contains([]string{"band", "smooth", "x"}, group) {
			t.Errorf("nothing says %q", key)
		}
	}
	for _, m := range regexp.MustCompile(`charts\.say\("([^"]+)"`).FindAllStringSubmatch(Script, -1) {
		if words[m[1]] == nil {
			t.Errorf("words.js has no %q", m[1])
		}
	}
}

// Chromium draws curves, switches them off and on, follows the cursor and the scheme. With SCREENSHOTS=folder it leaves
// pictures there.
func TestInBrowser(t *testing.T) {
	browser := browsertest.New(t)
	page := `<!doctype html><html lang="en"><title>Charts</title>
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy"
content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:">
<style>` + Style + `
body { margin: 1rem; background: var(--ground); color: var(--text); font: 16px sans-serif }
figure { margin: 1rem 0 }
</style>
<script>` + Script + `</script>
<main><div id="legend"></div><figure id="loss"></figure><figure id="accuracy"></figure><figure id="rate"></figure>
</main></html>`
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, []byte(page), 0o666); err != nil {
		t.Fatal(err)
	}
	browser.Run(file)
}
