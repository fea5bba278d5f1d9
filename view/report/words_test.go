package report

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// dictionary returns the Chinese of the page's texts, by their English.
func dictionary(t *testing.T) map[string]string {
	t.Helper()
	var words map[string]string
	if err := json.Unmarshal([]byte(file("page/words.json")), &words); err != nil {
		t.Fatal(err)
	}
	return words
}

// Every word is there in both languages, and both texts have the same values in them.
func TestWords(t *testing.T) {
	value, han := regexp.MustCompile(`\{\w+\}`), regexp.MustCompile(`\p{Han}`)
	seen := map[string]string{} // the Chinese of a pattern, with numbers of the values
	for english, chinese := range dictionary(t) {
		a, b := value.FindAllString(english, -1), value.FindAllString(chinese, -1)
		slices.Sort(a)
		slices.Sort(b)
		onlyValues := !regexp.MustCompile(`[A-Za-z]`).MatchString(value.ReplaceAllString(english, ""))
		if !slices.Equal(a, b) || han.MatchString(english) || !onlyValues && !han.MatchString(chinese) {
			t.Errorf("%q: got %q", english, chinese)
		}
		for i, name := range value.FindAllString(english, -1) {
			chinese = strings.ReplaceAll(chinese, name, fmt.Sprint("{", i, "}"))
		}
		pattern := value.ReplaceAllString(english, "{}")
		if other, ok := seen[pattern]; ok && other != chinese && !onlyValues {
			t.Errorf("%q may be read as %q and as %q", english, chinese, other)
		}
		seen[pattern] = chinese
	}
}

// Every pattern that the package says, and every text of the controls, has a word.
func TestPatternsHaveWords(t *testing.T) {
	words, value := dictionary(t), regexp.MustCompile(`\{\w+\}`)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	said := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		constants := map[string]string{}
		ast.Inspect(parsed, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				for i, v := range n.Values {
					if text, ok := literal(v, constants); ok {
						constants[n.Names[i].Name] = text
					}
				}
			case *ast.BinaryExpr, *ast.BasicLit: // also where a table has the pattern
				text, ok := literal(n.(ast.Expr), constants)
				if ok && value.MatchString(text) && words[text] == "" {
					t.Errorf("%s: there is no Chinese for %q", name, text)
				}
				return !ok
			case *ast.CallExpr:
				f, _ := n.Fun.(*ast.Ident)
				if f == nil || f.Name != "say" && f.Name != "count" {
					return true
				}
				arguments := n.Args[:1]
				if f.Name == "count" {
					arguments = n.Args[1:]
				}
				for _, a := range arguments {
					text, ok := literal(a, constants)
					if said++; ok && words[text] == "" {
						t.Errorf("%s: there is no Chinese for %q", name, text)
					}
				}
			}
			return true
		})
	}
	if said < 30 {
		t.Errorf("got %d patterns, want all", said)
	}
	script, err := os.ReadFile("page/compared.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`say: "([^"]+)"`).FindAllStringSubmatch(string(script), -1) {
		if words[m[1]] == "" {
			t.Errorf("compared.js: there is no Chinese for %q", m[1])
		}
	}
}

// literal returns the text of a constant expression.
func literal(e ast.Expr, constants map[string]string) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil
	case *ast.Ident:
		text, ok := constants[e.Name]
		return text, ok
	case *ast.BinaryExpr:
		a, okA := literal(e.X, constants)
		b, okB := literal(e.Y, constants)
		return a + b, okA && okB
	}
	return "", false
}

func TestPhrase(t *testing.T) {
	p := say("{a} is better than {list}", "a", "x{list}", "list", []phrase{say("{n} seeds", "n", 2), say("b")})
	if got := p.String(); got != "x{list} is better than 2 seeds, b" {
		t.Errorf("got %q", got)
	}
	text, err := p.JSON()
	if err != nil || !strings.Contains(text, `"say":"{a} is better than {list}"`) || !strings.Contains(text, `"n":"2"`) {
		t.Errorf("got %s, %v", text, err)
	}
}
