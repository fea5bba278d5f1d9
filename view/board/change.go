package board

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"path/filepath"
	"strings"
	"time"

	"anneal/internal/answer"
	"anneal/internal/folderlock"
	"anneal/runs"
)

const (
	deleted = ".deleted" // the folder that deleted runs are moved to
	maxBody = 16 << 10   // of a request, in bytes
)

// change is the body of a request that changes something.
type change struct {
	Run  string   `json:"run"`
	Note string   `json:"note"`
	Tags []string `json:"tags"`
}

// describe gives a run another note and other tags.
func (b *Board) describe(w http.ResponseWriter, r *http.Request) {
	b.act(w, r, func(c change, e *entry) (string, error) {
		return e.shown.Name, runs.Describe(e.dir, c.Note, c.Tags)
	})
}

// delete moves the folder of a run into the folder for deleted ones.
func (b *Board) delete(w http.ResponseWriter, r *http.Request) {
	b.act(w, r, func(_ change, e *entry) (string, error) {
		if e.dir == b.root.Name() {
			return "", errors.New("the run is the folder of the board itself: delete it by hand")
		}
		if err := runs.Recognise(e.dir); err != nil {
			return "", fmt.Errorf("not a folder that this program wrote, so delete it by hand: %w", err)
		}
		unlock, err := folderlock.Lock(e.dir)
		if err != nil {
			return "", fmt.Errorf("the run is under way: stop it first: %w", err)
		}
		defer unlock()
		if e.shown.State == training { // on another machine, whose lock is not seen here, or it has just been killed
			return "", errors.New("the run may be under way: stop it, or wait until the page says that it was killed")
		}
		return b.move(filepath.FromSlash(e.shown.Name))
	})
}

// act carries out a change of a run, and answers with the result.
func (b *Board) act(w http.ResponseWriter, r *http.Request, do func(c change, e *entry) (string, error)) {
	c, status, err := parse(w, r)
	if err != nil {
		answer.Error(w, status, err)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.shelf.entries[c.Run]
	if e == nil {
		answer.Error(w, http.StatusNotFound, fmt.Errorf("run %.40q: there is no such run any more", c.Run))
		return
	}
	err = b.own(e.dir)
	var result string
	if err == nil {
		result, err = do(c, e)
	}
	if err != nil {
		answer.Error(w, http.StatusConflict, err)
		return
	}
	e.read, b.shelf.looked = time.Time{}, time.Time{} // so that the next request sees it
	answer.JSON(w, http.StatusOK, map[string]string{"done": result})
}

// parse reads the body of a request. The status goes with the error.
func parse(w http.ResponseWriter, r *http.Request) (c change, status int, err error) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		return c, http.StatusUnsupportedMediaType,
			fmt.Errorf("content type %q: want application/json", r.Header.Get("Content-Type"))
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return c, http.StatusRequestEntityTooLarge, fmt.Errorf("body of more than %d bytes, want at most that", maxBody)
	}
	if err != nil {
		return c, http.StatusBadRequest, fmt.Errorf("body: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return c, http.StatusBadRequest, fmt.Errorf("JSON: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return c, http.StatusBadRequest, errors.New("JSON: want one object and nothing after it")
	}
	return c, http.StatusOK, nil
}

// own returns an error unless the folder of a run is still one of the board's, and its files are regular ones.
func (b *Board) own(dir string) error {
	path, err := filepath.Rel(b.root.Name(), dir)
	if err == nil {
		err = b.plain(path)
	}
	if err == nil {
		err = regular(dir)
	}
	return err
}

// plain returns an error unless a path within the board's folder leads through folders alone. A symbolic link may have
// taken the place of one since the board looked.
func (b *Board) plain(dir string) error {
	at := ""
	for part := range strings.SplitSeq(filepath.ToSlash(dir), "/") {
		at = path.Join(at, part)
		info, err := b.root.Lstat(filepath.FromSlash(at))
		if err != nil {
			return err
		}
		if !info.IsDir() {
			return fmt.Errorf("%s is no folder any more", at)
		}
	}
	return nil
}

// move moves the folder of a run, and returns where it is now.
func (b *Board) move(dir string) (string, error) {
	if err := b.root.Mkdir(deleted, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	if err := b.plain(deleted); err != nil {
		return "", err
	}
	name := strings.ReplaceAll(filepath.ToSlash(dir), "/", "__")
	for n := 1; ; n++ {
		to := filepath.Join(deleted, name)
		if n > 1 {
			to += fmt.Sprintf("-%d", n)
		}
		if _, err := b.root.Lstat(to); err == nil {
			continue // it is taken
		}
		if err := b.root.Rename(dir, to); err != nil {
			return "", err
		}
		return filepath.Join(b.Dir, to), nil
	}
}
