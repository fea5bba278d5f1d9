package runs

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"path/filepath"
	"regexp"

	"anneal/internal/bounded"
	"anneal/internal/plural"
	"anneal/internal/safetensors"
)

// SealKey is the metadata key of the Seal in checkpoints and in FinalFile.
const SealKey = "anneal.metrics"

// Seal says what the first lines of metrics.jsonl are, so that a changed byte in them is found. Checkpoints have that
// of the lines before them, and FinalFile has that of all lines before the end's.
//
// Runs with the same settings have the same Seal: it leaves out the seconds that training and tests took, and the lines
// of commands that change no number, which are to pause, to continue and to stop.
type Seal struct {
	Lines  int    `json:"lines"`
	SHA256 string `json:"sha256"` // of the lines, in hexadecimal
}

// String returns s as metadata hold it.
func (s Seal) String() string {
	b, _ := json.Marshal(s) // nothing that JSON cannot hold
	return string(b)
}

// ParseSeal returns the Seal in the metadata of a file, or nil if it has none: files of older versions of the program
// do not.
func ParseSeal(metadata map[string]string) (*Seal, error) {
	text, ok := metadata[SealKey]
	if !ok {
		return nil, nil
	}
	s := new(Seal)
	if err := json.Unmarshal([]byte(text), s); err != nil {
		return nil, fmt.Errorf("%s: %w", SealKey, err)
	}
	return s, nil
}

// Sealer computes the Seal of lines as they are written. Its zero value has no lines.
type Sealer struct {
	lines int // that Seal is of
	all   int
	hash  hash.Hash
}

// What differs between runs with the same settings.
var (
	times = regexp.MustCompile(`"(train|test)_seconds":[-+.0-9eE]+|,"exchange_seconds":[-+.0-9eE]+`)
	waits = regexp.MustCompile(fmt.Sprintf(`^{"event":"control",.*"action":"(%s|%s|%s)"}`, Pause, Continue, Stop))
)

// Add adds lines, each with its end.
func (s *Sealer) Add(content []byte) {
	if s.hash == nil {
		s.hash = sha256.New()
	}
	for line := range bytes.Lines(content) {
		s.all++
		if waits.Match(line) {
			continue
		}
		s.lines++
		if bytes.Contains(line, []byte(`_seconds":`)) {
			line = times.ReplaceAll(line, nil)
		}
		s.hash.Write(line)
	}
}

// Lines returns how many lines there are, with those that Seal leaves out.
func (s *Sealer) Lines() int { return s.all }

// Seal returns the Seal of the lines so far.
func (s *Sealer) Seal() Seal {
	s.Add(nil)
	return Seal{s.lines, hex.EncodeToString(s.hash.Sum(nil))}
}

// Check returns an error unless content, some whole lines, begins with the lines that s is of.
func (s Seal) Check(content []byte) error {
	var is Sealer
	for line := range bytes.Lines(content) {
		if is.lines == s.Lines {
			break
		}
		is.Add(line)
	}
	lines := is.lines
	if lines < s.Lines {
		return fmt.Errorf("got %s, want the %d that the run wrote: the file is damaged", plural.Of(lines, "line"), s.Lines)
	}
	if is.Seal() != s {
		return fmt.Errorf("the first %s are not those that the run wrote: the file is damaged, or was changed",
			plural.Of(lines, "line"))
	}
	return nil
}

// ended reports whether content has at most one line beyond those that s is of, an End.
func (s Seal) ended(content []byte) bool {
	var lines [][]byte
	for line := range bytes.Lines(content) {
		if !waits.Match(line) {
			lines = append(lines, line)
		}
	}
	if lines = lines[s.Lines:]; len(lines) != 1 {
		return len(lines) == 0 // a run that was killed before it wrote its end
	}
	e, err := parseEvent(lines[0])
	_, ok := e.(End)
	return ok && err == nil
}

// seals returns the Seals in the folder of a run, by the names of their files. A file that cannot be read has none.
func seals(dir string) map[string]Seal {
	all := map[string]Seal{}
	for _, name := range []string{FinalFile, LastFile} {
		metadata, err := safetensors.ReadMetadata(filepath.Join(dir, name))
		if err != nil {
			continue // whoever needs the weights says so
		}
		if s, err := ParseSeal(metadata); err == nil && s != nil {
			all[name] = *s
		}
	}
	return all
}

// readLines returns the content of metrics.jsonl in the folder of a run up to the end of its last whole line, after
// comparing it with the run's seals.
func readLines(dir string) ([]byte, error) {
	sealed := seals(dir) // before the lines: a run that is under way adds some, and then a seal
	path := filepath.Join(dir, MetricsFile)
	content, err := bounded.ReadFile(path, maxLines)
	if err != nil {
		return nil, fmt.Errorf("not the folder of a run: %w", err)
	}
	content = content[:bytes.LastIndexByte(content, '\n')+1]
	for name, s := range sealed {
		if err := s.Check(content); err != nil {
			return nil, fmt.Errorf("%s: %w (%s)", path, err, name)
		}
	}
	if s, ok := sealed[FinalFile]; ok && !s.ended(content) {
		return nil, fmt.Errorf("%s: want only the run's end after line %d: the file is damaged, or was changed (%s)",
			path, s.Lines, FinalFile)
	}
	return content, nil
}
