// Package browsertest runs tests of web pages in Chromium. The script of a test runs in Node.js and steers the browser
// with playwright-core. It may require("axe"), a function that asserts that axe-core finds nothing wrong with a page,
// and require("look"), which asserts that the layout of a page, as it is, has no faults; axe does so, too. What a page
// comes to is asserted with require("soon"). With require("fluid"), it asserts that no task of a page takes longer
// than 100 ms. A test is skipped if one of these is missing: chromium, or the program that CHROMIUM names; node;
// playwright-core and axe-core, which Node.js looks for in NODE_PATH.
package browsertest

import (
	"cmp"
	"embed"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// modules are what the scripts of tests may require.
//
//go:embed axe.js curves.js fluid.js look.js soon.js
var modules embed.FS

// Browser runs the scripts of a test.
type Browser struct {
	t        *testing.T
	chromium string
}

// New finds what scripts need, or skips the test and says what is missing.
func New(t *testing.T) Browser {
	t.Helper()
	chromium, err := find()
	if err != nil {
		t.Skip(err)
	}
	return Browser{t, chromium}
}

func find() (chromium string, err error) {
	chromium, err = exec.LookPath(cmp.Or(os.Getenv("CHROMIUM"), "chromium"))
	if err != nil {
		return "", errors.New("no chromium: install it (apt-get install chromium) or name its path in CHROMIUM")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		return "", errors.New("no node: install Node.js (apt-get install nodejs)")
	}
	for _, module := range []string{"playwright-core@1.65.1", "axe-core@4.14.1"} {
		name, _, _ := strings.Cut(module, "@")
		if err := exec.Command(node, "-e", `require("`+name+`")`).Run(); err != nil {
			return "", errors.New("no " + name + ": npm install --ignore-scripts --prefix DIR " + module + ", and " +
				"NODE_PATH=DIR/node_modules")
		}
	}
	return chromium, nil
}

// Run runs testdata/browser.js of the test's package with args and, last, the folder for screenshots that SCREENSHOTS
// names, or "". It returns what the script prints. The script finds Chromium's path in CHROMIUM. If the script fails,
// the test fails.
func (b Browser) Run(args ...string) string {
	b.t.Helper()
	return b.run("testdata/browser.js", append(args, os.Getenv("SCREENSHOTS"))...)
}

// Fluid runs testdata/fluid.js of the test's package with args, as Run does. The script measures with require("fluid").
// The test logs what it prints, and fails with it.
func (b Browser) Fluid(args ...string) {
	b.t.Helper()
	if output := b.run("testdata/fluid.js", args...); !b.t.Failed() {
		b.t.Logf("the longest task after each act\n%s", output)
	}
}

func (b Browser) run(script string, args ...string) string {
	b.t.Helper()
	folder := b.t.TempDir()
	if err := os.CopyFS(folder, modules); err != nil {
		b.t.Fatal(err)
	}
	c := exec.CommandContext(b.t.Context(), "node", append([]string{script}, args...)...)
	c.Env = append(os.Environ(), "CHROMIUM="+b.chromium,
		"NODE_PATH="+folder+string(os.PathListSeparator)+os.Getenv("NODE_PATH"))
	output, err := c.CombinedOutput()
	if err != nil {
		b.t.Errorf("%v\n%s", err, output)
	}
	return string(output)
}
