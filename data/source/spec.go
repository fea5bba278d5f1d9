package source

import (
	"fmt"
	"maps"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"anneal/internal/nearest"
	"anneal/internal/printable"
)

// Spec says where a data set is, and how it is read: a path, or the spec of a generated set, with options of the kind
// of data that is there. See the packages of the kinds for what they do.
type Spec struct {
	Path string // "": MNIST

	Target     string   // target: the column of a table to predict
	Task       string   // task: "classes" or "numbers"; "": as the target looks
	Drop       []string // drop: columns that are ignored
	Categories []string // categories: columns of numbers that are names
	NoHeader   bool     // no_header: the first line of a table is a row
	RawTarget  bool     // raw_target: the numbers to predict are not standardised
	Groups     string   // groups: the column of a table whose equal texts stay together when it is divided
	ImageSize  [2]int   // image_size: height and width of samples, such as 32 or 32x48
	Channels   int      // channels: 1 or 3
	Split      string   // split: the part of EMNIST
	Length     int      // length: tokens per sample of a text
	Stride     int      // stride: tokens from a sample to the next
	Bytes      bool     // bytes: the tokens of a text are bytes
	SkipBad    bool     // skip_bad: leave bad rows and pictures out
	Test       float64  // test: share or number of samples for the test, if there is no test part; 0: 0.2
	TestSeed   uint64   // test_seed: decides which
}

const testShare = 0.2

func (s Spec) test() float64 {
	if s.Test == 0 {
		return testShare
	}
	return s.Test
}

// option is an option's key, and its place in a Spec.
type option struct {
	key   string
	value any
}

func (s *Spec) options() []option {
	return []option{
		{"target", &s.Target},
		{"task", &s.Task},
		{"drop", &s.Drop},
		{"categories", &s.Categories},
		{"no_header", &s.NoHeader},
		{"raw_target", &s.RawTarget},
		{"groups", &s.Groups},
		{"image_size", &s.ImageSize},
		{"channels", &s.Channels},
		{"split", &s.Split},
		{"length", &s.Length},
		{"stride", &s.Stride},
		{"bytes", &s.Bytes},
		{"skip_bad", &s.SkipBad},
		{"test", &s.Test},
		{"test_seed", &s.TestSeed},
	}
}

// Parse reads a spec: a path, then, after a question mark, options such as target=price&test=0.1. Options are written
// as in the query of a URL; drop and categories have names with commas between them, or are there several times, and a
// name that has a comma is in quotation marks. A path that exists is a path, question marks and all.
func Parse(text string) (Spec, error) {
	path, query, found := cutLast(text)
	if _, err := os.Stat(text); err == nil || !found {
		return Spec{Path: text}, nil
	}
	return Spec{Path: path}.With(query)
}

func cutLast(text string) (path, query string, found bool) {
	if i := strings.LastIndexByte(text, '?'); i >= 0 {
		return text[:i], text[i+1:], true
	}
	return text, "", false
}

// With returns s with the options of a query.
func (s Spec) With(query string) (Spec, error) {
	with, err := s.with(query)
	return with, printable.Error(err)
}

func (s Spec) with(query string) (Spec, error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return s, fmt.Errorf("data %s: options %q: %w", s.Path, query, err)
	}
	options := s.options()
	for _, key := range slices.Sorted(maps.Keys(values)) {
		i := slices.IndexFunc(options, func(o option) bool { return o.key == key })
		if i < 0 {
			var keys []string
			for _, o := range options {
				keys = append(keys, o.key)
			}
			return s, fmt.Errorf("data %s: there is no option %q: want one of %s%s",
				s.Path, key, strings.Join(keys, ", "), nearest.Hint(key, keys))
		}
		if err := set(options[i].value, values[key]); err != nil {
			return s, fmt.Errorf("data %s: option %s: %w", s.Path, key, err)
		}
	}
	return s, nil
}

// Like returns s with the options of a query that s leaves open, so that its samples are like those that the query
// read: the target of a table, the size of pictures. It leaves out options that the kind of s does not take, and those
// that say which samples there are: groups, test, test_seed and skip_bad.
func (s Spec) Like(query string) Spec {
	values, err := url.ParseQuery(query)
	if err != nil {
		return s
	}
	k, err := kindOf(s.Path)
	if err != nil {
		return s // Load reports it
	}
	others := append(s.keys(), "groups", "test", "test_seed", "skip_bad")
	maps.DeleteFunc(values, func(key string, _ []string) bool {
		return slices.Contains(others, key) || !slices.Contains(k.keys, key)
	})
	like, err := s.With(values.Encode())
	if err != nil {
		return s
	}
	return like
}

// set sets an option's value.
func set(value any, list []string) error {
	last := list[len(list)-1]
	var err error
	want := "a number"
	switch v := value.(type) {
	case *string:
		*v = last
	case *[]string:
		*v = nil
		for _, text := range list {
			*v = append(*v, names(text)...)
		}
	case *bool:
		want = "true or false"
		if *v = last == ""; !*v {
			*v, err = strconv.ParseBool(last)
		}
	case *int:
		want = "a whole number, at least 1"
		if *v, err = strconv.Atoi(last); *v < 1 {
			err = strconv.ErrRange
		}
	case *uint64:
		want = "a whole number, at least 0"
		*v, err = strconv.ParseUint(last, 10, 64)
	case *float64:
		if *v, err = strconv.ParseFloat(last, 64); !(*v > 0) {
			want, err = "a share or a number of samples above 0", strconv.ErrRange
		}
	case *[2]int:
		*v, err = ParseSize(last)
		return err
	}
	if err != nil {
		return fmt.Errorf("got %q, want %s", last, want)
	}
	return nil
}

// quoted finds a name in quotation marks at the beginning of a list.
var quoted = regexp.MustCompile(`^"((?:[^"]|"")*)"(?:,|$)`)

// names returns the names of a list, which have commas between them. A name may be in quotation marks, and has two of
// them there for each of its own.
func names(text string) []string {
	var list []string
	for {
		var name string
		more := false
		if found := quoted.FindStringSubmatch(text); found != nil {
			name, more = strings.ReplaceAll(found[1], `""`, `"`), strings.HasSuffix(found[0], ",")
			text = text[len(found[0]):]
		} else {
			name, text, more = strings.Cut(text, ",")
		}
		if list = append(list, name); !more {
			return list
		}
	}
}

// joined returns a list of names as names reads it.
func joined(list []string) string {
	parts := make([]string, len(list))
	for i, name := range list {
		if parts[i] = name; name == "" || strings.ContainsAny(name, `,"`) {
			parts[i] = `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
		}
	}
	return strings.Join(parts, ",")
}

// ParseSize reads the height and the width of an image: 32, or 32x48.
func ParseSize(text string) (size [2]int, err error) {
	h, w, two := strings.Cut(strings.ToLower(text), "x")
	if !two {
		w = h
	}
	for i, side := range []string{h, w} {
		if size[i], err = strconv.Atoi(strings.TrimSpace(side)); err != nil || size[i] < 1 || size[i] > 4096 {
			return size, fmt.Errorf("got %q, want a size such as 32, or height and width such as 32x48, of 1 to 4096", text)
		}
	}
	return size, nil
}

// Query returns the options that are set, as Parse reads them, in a fixed order; "" if none is.
func (s Spec) Query() string {
	var parts []string
	for _, o := range s.options() {
		text := ""
		switch v := o.value.(type) {
		case *string:
			text = *v
		case *[]string:
			text = joined(*v)
		case *bool:
			if *v {
				text = "true"
			}
		case *int:
			if *v != 0 {
				text = strconv.Itoa(*v)
			}
		case *uint64:
			if *v != 0 {
				text = strconv.FormatUint(*v, 10)
			}
		case *float64:
			if *v != 0 {
				text = strconv.FormatFloat(*v, 'g', -1, 64)
			}
		case *[2]int:
			if *v != [2]int{} {
				text = fmt.Sprintf("%dx%d", v[0], v[1])
			}
		}
		if text != "" {
			parts = append(parts, o.key+"="+url.QueryEscape(text))
		}
	}
	return strings.Join(parts, "&")
}

// String returns what Parse reads.
func (s Spec) String() string {
	if q := s.Query(); q != "" {
		return s.Path + "?" + q
	}
	return s.Path
}

// keys lists the options that are set.
func (s Spec) keys() []string {
	var keys []string
	for part := range strings.SplitSeq(s.Query(), "&") {
		if key, _, ok := strings.Cut(part, "="); ok {
			keys = append(keys, key)
		}
	}
	return keys
}
