package charts

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"anneal/internal/browsertest"
	"anneal/internal/wordstest"
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
	words := wordstest.Read(t, Script)
	wordstest.Check(t, words, "axis.logit")
	for key := range words {
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
