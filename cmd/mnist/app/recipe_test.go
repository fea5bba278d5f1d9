package app

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"anneal/internal/longtest"
	"anneal/runs"
)

// parseTrain parses the arguments of a training.
func parseTrain(t *testing.T, args ...string) (*trainCmd, error) {
	t.Helper()
	var c cli
	parser, err := newParser(&c, asMNIST(t))
	if err != nil {
		t.Fatal(err)
	}
	_, err = parser.Parse(args)
	return &c.Train, err
}

// TestRecipes parses each recipe, with and without flags in its place, for one run and for a study, and prints it.
func TestRecipes(t *testing.T) {
	longtest.SkipIfRace(t, "parses dozens of command lines")
	listed := mnist(t, t.TempDir(), "recipes").stdout
	for _, name := range embeddedNames("recipes") {
		if !strings.Contains(listed, name+" ") {
			t.Errorf("got list\n%swant %s in it", listed, name)
		}
		c, err := parseTrain(t, "--recipe", name)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := strconv.Itoa(int(c.Epochs)), recipeFlag(name).value("epochs"); got != want {
			t.Errorf("%s: got %s epochs, want %s", name, got, want)
		}
		over, err := parseTrain(t, "train", "--solver", "Adam(lr=0.5)", "--recipe", name, "--epochs", "3")
		if err != nil || over.Solver.String() != "Adam(lr=0.5)" || over.Epochs != 3 || over.Batch != c.Batch {
			t.Errorf("%s: got %v, %d epochs, batch %d, %v: want what the flags say, and the recipe's batch of %d",
				name, over.Solver, over.Epochs, over.Batch, err, c.Batch)
		}
		dir := t.TempDir()
		path := filepath.Join(dir, "own.yaml")
		write(t, path, []byte(mnist(t, dir, "recipes", name).stdout))
		own, err := parseTrain(t, "--recipe", path)
		own.Recipe = c.Recipe
		if err != nil || own.Solver.String() != c.Solver.String() || own.Epochs != c.Epochs {
			t.Errorf("%s, printed: got %v, %d epochs, %v", name, own.Solver, own.Epochs, err)
		}
		var study cli
		parser, err := newParser(&study, asMNIST(t))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parser.Parse([]string{"compare", "--recipe", name, "--seed", "1,2"}); err != nil {
			t.Fatal(err)
		}
		s := &study.Compare
		if cells, err := s.matrix().Cells(); err != nil || len(cells) != 2 || s.Epochs != c.Epochs ||
			s.dir() != filepath.Join("runs", name) {
			t.Errorf("%s, compared: got %d runs, %v, %d epochs in %s, want 2 of %d", name, len(cells), err, s.Epochs,
				s.dir(), c.Epochs)
		}
	}
}

// TestRecipeRun trains by a recipe in a file. The record has the settings, the recipe, and the command that repeats the
// run; resuming needs no recipe.
func TestRecipeRun(t *testing.T) {
	dir := t.TempDir()
	recipe := "# mine\nmodel: mlp\nsolver: SGD(lr=0.03)\nschedule: none\nepochs: 2\nbatch: 25\nlabel-smoothing: 0.1\n"
	write(t, filepath.Join(dir, "mine.yaml"), []byte(recipe))
	set := dataset(t, 100, 28)
	args := []string{"--recipe", "mine.yaml", "--data", set, "--batch", "50", "--out", "run", "--quiet"}
	if got := mnist(t, dir, args...); got.code != exitOK {
		t.Fatalf("got %+v", got)
	}
	read := func() *runs.Record {
		r, err := runs.ReadRecord(filepath.Join(dir, "run"))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	r := read()
	if r.Model != "mlp" || r.Epochs != 2 || r.Batch != 50 || r.LabelSmoothing != 0.1 || r.Solver != "SGD(lr=0.03)" {
		t.Errorf("got settings %+v, want those of the recipe with a batch of 50", r.Settings)
	}
	if note, _ := r.Notes[noteRecipe].(string); filepath.Base(note) != "mine.yaml" || !filepath.IsAbs(note) {
		t.Errorf("got note %q, want the absolute path of mine.yaml", note)
	}
	if err := os.Remove(filepath.Join(dir, "mine.yaml")); err != nil {
		t.Fatal(err)
	}
	if got := mnist(t, dir, "--resume", "run", "--epochs", "3", "--quiet"); got.code != exitOK {
		t.Fatalf("got %+v", got)
	}
	if r = read(); r.Batch != 50 || r.LabelSmoothing != 0.1 || r.Notes[noteRecipe] == nil {
		t.Errorf("resumed: got settings %+v and notes %v", r.Settings, r.Notes)
	}
	command, _ := r.Notes[noteCommand].(string)
	if want := "--recipe mine.yaml --data " + set + " --batch 50 --quiet --epochs 3"; !strings.HasSuffix(command, want) {
		t.Errorf("got command %s, want it to end in %s", command, want)
	}
}

func TestRecipeErrors(t *testing.T) {
	longtest.SkipIfRace(t, "parses dozens of command lines")
	dir := t.TempDir()
	file := func(text string) string {
		f, err := os.CreateTemp(dir, "*.yaml")
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
		write(t, f.Name(), []byte(text))
		return f.Name()
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--recipe", "bets"}, `there is no recipe "bets": want one of best, fast, or a .yaml file`},
		{[]string{"recipes", "bets"}, `there is no recipe "bets": want one of best, fast`},
		{[]string{"--recipe", "nowhere.yaml"}, "nowhere.yaml"},
		{[]string{"--recipe", file("epoch: 3\n")}, `line 1: there is no flag "epoch": want some of model, `},
		{[]string{"--recipe", file("epochs: 3\nrecipe: best\n")}, `line 2: there is no flag "recipe"`},
		{[]string{"--recipe", file("solver: [SGD, Adam]\n")}, "line 1: solver: got 2 values, want one"},
		{[]string{"--recipe", file("solver: SDG\n")}, "line 1: --solver"},
		{[]string{"--recipe", "best", "--resume", "run"}, "leave out --recipe"},
		{[]string{"compare", "--recipe", "best", "--preset", "tutorial"}, "can't be used together"},
	} {
		got := mnist(t, dir, c.args...)
		if got.code == exitOK || strings.Count(got.stderr, "\n") != 1 || !strings.Contains(got.stderr, c.want) {
			t.Errorf("%q: got %+v, want one line with %s in it", c.args, got, c.want)
		}
	}
}
