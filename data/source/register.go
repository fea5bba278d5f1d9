package source

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"anneal/data"
	"anneal/data/toy"
)

// Source is a data set of a program's own. Registered, it has a name, which is a Spec's Path: "pets", or with options
// "pets?image_size=32".
type Source struct {
	Name    string   // letters, digits, '-', '_' and '.', a letter or a digit first
	About   string   // one line, for people who choose a data set
	Options []string // keys of a Spec that Load heeds, such as "image_size"; all sources take test and test_seed

	// Load returns the samples. Same spec, same samples: a run that is resumed, and an evaluation of what it learnt,
	// load them again. Of Sets it needs Train; without a Test, a part of Train becomes the test set, as Spec.Test says.
	// as has what a trained network knows about its samples; nil: there is none yet. Load may ignore it.
	Load func(ctx context.Context, s Spec, as *data.Facts) (*data.Sets, error)
}

var registered struct {
	sync.RWMutex
	list []Source
}

var validName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// Register adds a data set, which Load then finds by its name. A file or folder of that name is ./NAME. It is an error
// if the name is taken or has other characters, if About is empty or longer than a line, if an option does not exist,
// or if there is no Load. Nothing is added then.
func Register(s Source) error {
	registered.Lock()
	defer registered.Unlock()
	var keys []string
	for _, o := range new(Spec).options() {
		keys = append(keys, o.key)
	}
	unknown := slices.IndexFunc(s.Options, func(key string) bool { return !slices.Contains(keys, key) })
	taken := slices.IndexFunc(registered.list, func(other Source) bool { return other.Name == s.Name })
	switch {
	case !validName.MatchString(s.Name):
		return fmt.Errorf("data: register: name %q: want letters, digits, '-', '_' and '.', a letter or a digit first",
			s.Name)
	case taken >= 0:
		return fmt.Errorf("data: register: there is a data set %q already (%s): want another name",
			s.Name, registered.list[taken].About)
	case s.About == "" || strings.Contains(s.About, "\n"):
		return fmt.Errorf("data: register %s: about is %q: want one line that says what it is", s.Name, s.About)
	case unknown >= 0:
		return fmt.Errorf("data: register %s: there is no option %q: want some of %s",
			s.Name, s.Options[unknown], strings.Join(keys, ", "))
	case s.Load == nil:
		return fmt.Errorf("data: register %s: want a function that loads the samples, got nil", s.Name)
	}
	registered.list = append(registered.list, s)
	return nil
}

// Registered returns the sources that Register added, sorted by name.
func Registered() []Source {
	registered.RLock()
	defer registered.RUnlock()
	byName := func(a, b Source) int { return strings.Compare(a.Name, b.Name) }
	return slices.SortedFunc(slices.Values(registered.list), byName)
}

// IsName reports whether the path of a Spec is no place in the file system: the name of a registered source, or the
// spec of a generated set.
func IsName(path string) bool {
	_, named := byName(path)
	return named || toy.Is(path)
}

// byName returns the registered source of that name.
func byName(name string) (Source, bool) {
	list := Registered()
	i := slices.IndexFunc(list, func(s Source) bool { return s.Name == name })
	if i < 0 {
		return Source{}, false
	}
	return list[i], true
}

// kind returns what Load needs to know of s.
func (s Source) kind() kind {
	return kind{"the data set " + s.Name, append([]string{"test", "test_seed"}, s.Options...), s.load}
}

// load loads the samples, and checks them.
func (s Source) load(ctx context.Context, spec Spec, as *data.Facts) (*data.Sets, error) {
	loaded, err := s.Load(ctx, spec, as)
	if err != nil {
		return nil, fmt.Errorf("data %s: %w", s.Name, err)
	}
	if loaded == nil || loaded.Train == nil {
		return nil, fmt.Errorf("data %s: its function returned no training samples: want Sets with Train", s.Name)
	}
	sets := *loaded
	sets.From = s.Name
	switch {
	case sets.Test != nil && (spec.Test != 0 || spec.TestSeed != 0):
		return nil, fmt.Errorf("data %s: options test and test_seed: the set has a test part: leave them out", s.Name)
	case sets.Test == nil:
		if sets.Train, sets.Test, err = data.Split(sets.Train, spec.test(), spec.TestSeed); err != nil {
			return nil, fmt.Errorf("data %s: %w", s.Name, err)
		}
	}
	return &sets, normalise(&sets, as)
}
