package app

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What a command line goes on with.
func TestComplete(t *testing.T) {
	for _, c := range []struct {
		shell, words string // between |
		want         string // some of the candidates
		not          string // one that is none
	}{
		{"bash", "", "train compare completion help", "--model"},
		{"bash", "co", "compare completion", "train"},
		{"fish", "help|sch", "schedule schedules", "solvers"},
		{"bash", "--mo", "--model", "--epochs"},
		{"bash", "train|--", "--model --solver --schedule --help", "--lr"},
		{"bash", "compare|--pre", "--preset", "--model"},
		{"bash", "compare|--preset|t", "tutorial", "stability"},
		{"bash", "train|--model|lenet", "lenet lenet-bn", "mlp"},
		{"bash", "train|--model|=|lenet-", "lenet-bn", "lenet"},
		{"bash", "train|--model|=", "lenet mlp", "--model"},
		{"zsh", "train|--model=lenet-", "--model=lenet-bn", "lenet-bn"},
		{"bash", "compare|--model|lenet,ml", "lenet,mlp lenet,mlp-bn", "mlp"},
		{"bash", "--solver|ad", "Adam AdamW Adagrad", "SGD"},
		{"bash", "--solver|'Ad", "Adam AdamW", "SGD"},
		{"bash", "compare|--solver|Adam(lr=1);SG", "Adam(lr=1);SGD", "SGD"},
		{"bash", "--schedule|Step", "StepLR", "MultiStepLR"},
		{"bash", "compare|--schedule|none;One", "none;OneCycleLR", "OneCycleLR"},
		{"bash", "schedule|Cos", "CosineAnnealingLR CosineAnnealingWarmRestarts", "StepLR"},
		{"bash", "--augment|RandomR", "RandomRotation RandomResizedCrop", "MixUp"},
		{"bash", "compare|--augment|none;Mix", "none;MixUp", "MixUp"},
		{"bash", "--norm|", "batch layer none", "lenet"},
		{"bash", "compare|--norm|none;gr", "none;group", "group"},
		{"bash", "--metrics|", "f1 top roc_auc", "loss"},
		{"bash", "--metrics|top(k=2),f1,r", "top(k=2),f1,roc_auc top(k=2),f1,r2", "r2"},
		{"bash", "--recipe|", "best fast", "tutorial"},
		{"bash", "--log-format|", "text json", "csv"},
		{"bash", "completion|", "bash zsh fish", "train"},
		{"bash", "nothing|--mo", "", "--model"},
		{"bash", "train|--nothing|x", "", "x"},
		{"bash", "train|--epochs|", "", "train"},
	} {
		var out, stderr strings.Builder
		args := append([]string{completing, c.shell}, strings.Split(c.words, "|")...)
		if code := run(t.Context(), args, &out, &stderr); code != exitOK || stderr.Len() > 0 {
			t.Fatalf("%s: got code %d, %s", c.words, code, &stderr)
		}
		var words []string
		for line := range strings.Lines(out.String()) {
			word, about, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
			if !ok || strings.Contains(about, "${") {
				t.Errorf("%s: got the line %q", c.words, line)
			}
			words = append(words, word)
		}
		for _, want := range strings.Fields(c.want) {
			if !slices.Contains(words, want) {
				t.Errorf("%s: got %q, want %s", c.words, words, want)
			}
		}
		if slices.Contains(words, c.not) || c.want == "" && words != nil {
			t.Errorf("%s: got %q, want no %s", c.words, words, c.not)
		}
	}
}

// The shells themselves complete a command line of the program, called under a path.
func TestCompletionScripts(t *testing.T) {
	dir := t.TempDir()
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "mnist")
	if err := os.Symlink(own, program); err != nil {
		t.Skip(err)
	}
	for shell, test := range map[string]string{
		"bash": `source <(mnist completion bash)
			COMP_WORDS=(mnist train --model = lenet) COMP_CWORD=4
			_mnist_complete mnist lenet =; printf '%s\n' "${COMPREPLY[@]}"
			complete -p mnist`,
		"zsh": `autoload -Uz compinit; compinit -D -u; source <(mnist completion zsh)
			compadd() { print -rl -- $values }; words=(mnist train --model lenet) CURRENT=4; _mnist`,
		"fish": `mnist completion fish | source; complete --do-complete 'mnist train --model lenet'`,
	} {
		t.Run(shell, func(t *testing.T) {
			path, err := exec.LookPath(shell)
			if err != nil {
				t.Skipf("%v: apt-get install %s", err, shell)
			}
			c := exec.CommandContext(t.Context(), path, "-c", test)
			c.Dir = dir
			c.Env = append(os.Environ(), asProgram+"=1", "PATH="+dir+":"+os.Getenv("PATH"), "HOME="+dir)
			out, err := c.CombinedOutput()
			if err != nil || !strings.Contains(string(out), "lenet\n") && !strings.Contains(string(out), "lenet\t") ||
				!strings.Contains(string(out), "lenet-bn") {
				t.Errorf("got %v and\n%s\nwant the models", err, out)
			}
		})
	}
}

// struck matches what makes a letter bold on a printer.
var struck = regexp.MustCompile(".\x08|\x1b\\[[0-9;]*m")

// The manual has every command with its flags, and is one that man can read.
func TestManual(t *testing.T) {
	var out, stderr strings.Builder
	if code := run(t.Context(), []string{"man"}, &out, &stderr); code != exitOK {
		t.Fatal(&stderr)
	}
	manual := out.String()
	for command, help := range commandHelp {
		if !strings.Contains(manual, ".SH THE COMMAND "+strings.ToUpper(roff(command))+"\n") ||
			!strings.Contains(manual, roff(help.examples[0])) {
			t.Errorf("%s: got no section, or no example", command)
		}
	}
	if strings.Contains(manual, "${") {
		t.Error("got a text that is not filled in")
	}
	p, err := newProgram([]Option{Name("flowers"), Description("识别花卉。")})
	if err != nil {
		t.Fatal(err)
	}
	parser, err := newParser(&cli{}, p)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.manual(parser.Model); !strings.Contains(got, "flowers \\- 识别花卉。\n") {
		t.Errorf("got %.200s, want the description", got)
	}
	path, err := exec.LookPath("groff")
	if err != nil {
		t.Skipf("%v: apt-get install groff", err)
	}
	c := exec.CommandContext(t.Context(), path, "-man", "-Tutf8", "-ww", "-Kutf8")
	c.Stdin = strings.NewReader(manual)
	var warnings, page strings.Builder
	c.Stdout, c.Stderr = &page, &warnings
	err = c.Run()
	if text := struck.ReplaceAllString(page.String(), ""); err != nil || warnings.Len() > 0 ||
		!strings.Contains(text, "--model=NAME") {
		t.Errorf("got %v, %s", err, &warnings)
	}
}
