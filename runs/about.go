package runs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"anneal/internal/atomicfile"
	"anneal/internal/bounded"
)

// About is what helps people to find a run again. It decides no number: runs that differ only in it are the same run.
// Records of older versions of the program have none of it.
type About struct {
	Note string    `json:"note,omitempty"` // a sentence
	Tags []string  `json:"tags,omitempty"`
	Date time.Time `json:"date,omitzero"` // on which the run began, in UTC
	Host string    `json:"host,omitempty"`
}

// The longest note and tag, in characters, and the largest number of tags.
const (
	maxNote = 500
	maxTag  = 50
	maxTags = 20
)

// Check returns an error that names what is wrong with the note or a tag.
func (a About) Check() error {
	if err := legible("note", a.Note, maxNote); err != nil {
		return err
	}
	if len(a.Tags) > maxTags {
		return fmt.Errorf("tags: got %d, want at most %d", len(a.Tags), maxTags)
	}
	for i, tag := range a.Tags {
		if err := legible("tag", tag, maxTag); err != nil {
			return err
		}
		if tag == "" || strings.ContainsFunc(tag, func(r rune) bool { return r == ',' || unicode.IsSpace(r) }) {
			return fmt.Errorf("tag: got %q, want a word without spaces and commas", tag)
		}
		if slices.Contains(a.Tags[:i], tag) {
			return fmt.Errorf("tag: got %q twice", tag)
		}
	}
	return nil
}

// legible returns an error if a text is longer than most characters, or if it is not one line.
func legible(what, text string, most int) error {
	if n := utf8.RuneCountInString(text); n > most {
		return fmt.Errorf("%s: got %d characters, want at most %d", what, n, most)
	}
	if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
		return fmt.Errorf("%s: got %q, want one line of text", what, text)
	}
	return nil
}

// Describe gives the run in the folder dir another note and other tags. It leaves everything else in config.json as it
// is, also what this version of the program does not know.
func Describe(dir, note string, tags []string) error {
	path := filepath.Join(dir, ConfigFile)
	if err := (About{Note: note, Tags: tags}).Check(); err != nil {
		return fmt.Errorf("runs: %s: %w", path, err)
	}
	if _, err := ReadRecord(dir); err != nil {
		return err
	}
	content, err := bounded.ReadFile(path, MaxRecord)
	if err == nil {
		content, err = withMembers(content, []member{{"note", note}, {"tags", tags}})
	}
	if err == nil {
		err = atomicfile.Write(path, content)
	}
	if err != nil {
		return fmt.Errorf("runs: %s: %w", path, err)
	}
	return nil
}

// member is a key of a JSON object and its value.
type member struct {
	key   string
	value any
}

// withMembers returns a JSON object with the values of some members replaced. They follow its other members, and are
// left out if they are empty.
func withMembers(object []byte, set []member) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(object))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.Join(errors.New("want a JSON object"), err)
	}
	var all []member
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(set, func(m member) bool { return m.key == key }) {
			all = append(all, member{key.(string), value})
		}
	}
	var b bytes.Buffer
	for i, m := range append(all, set...) {
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		if text := string(value); i >= len(all) && (text == `""` || text == "null" || text == "[]") {
			continue
		}
		key, _ := json.Marshal(m.key) // a string
		fmt.Fprintf(&b, ",%s:%s", key, value)
	}
	text := append(append([]byte("{"), bytes.TrimPrefix(b.Bytes(), []byte(","))...), '}')
	b.Reset()
	if err := json.Indent(&b, text, "", "  "); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}
