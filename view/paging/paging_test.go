package paging_test

import (
	"os"
	"path/filepath"
	"testing"

	"anneal/internal/browsertest"
	"anneal/internal/wordstest"
	"anneal/view/charts"
	"anneal/view/paging"
)

// No word is missing in a language, and both texts have the same values in them.
func TestWords(t *testing.T) {
	wordstest.Check(t, wordstest.Read(t, paging.Script))
}

// Chromium shows a table of 60 rows in three pages, and turns them.
func TestInBrowser(t *testing.T) {
	browser := browsertest.New(t)
	page := `<!doctype html><html lang="en"><title>Rows</title>
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy"
content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'">
<style>` + charts.Style + `
body { margin: 1rem; background: var(--ground); color: var(--text); font: 16px/1.5 sans-serif }
#around { max-height: 10rem; overflow: auto }
</style>
<script>` + paging.Script + `</script>
<main><h1>Rows</h1><div id="around" tabindex="0"><table class="paged"><thead><tr><th scope="col">row</th></tr></thead>
<tbody></tbody></table></div></main></html>`
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, []byte(page), 0o666); err != nil {
		t.Fatal(err)
	}
	browser.Run(file)
}
