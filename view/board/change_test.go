package board

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"anneal/internal/folderlock"
	"anneal/runs"
)

func TestDescribe(t *testing.T) {
	dir := t.TempDir()
	one := write(t, record, events, dir, "one")
	b := begun(t, dir)
	b.news(t, "")
	code, body := b.do(t, "POST", "/describe", `{"run":"`+idOf("one")+`","note":"第一","tags":["x","y"]}`)
	if r, err := runs.ReadRecord(one); code != http.StatusOK || err != nil || r.Note != "第一" || len(r.Tags) != 2 ||
		!r.Date.Equal(record.Date) {
		t.Errorf("got %d, %s; %+v, %v", code, body, r, err)
	}
	if _, all := b.news(t, ""); all["one"].Note != "第一" {
		t.Errorf("got %+v", all)
	}
	for text, want := range map[string]int{
		`{"run":"` + idOf("one") + `","tags":["a b"]}`: http.StatusConflict,
		`{"run":"../one"}`:                       http.StatusNotFound,
		`{"run":1}`:                              http.StatusBadRequest,
		`{"path":"one"}`:                         http.StatusBadRequest,
		`{} {}`:                                  http.StatusBadRequest,
		`"` + strings.Repeat("x", maxBody) + `"`: http.StatusRequestEntityTooLarge,
	} {
		if code, body := b.do(t, "POST", "/describe", text); code != want || !strings.Contains(body, "error") {
			t.Errorf("%.40s: got %d, %s, want %d", text, code, body, want)
		}
	}
}

// A run that is deleted is in .deleted, whole. Two of one name are both there.
func TestDelete(t *testing.T) {
	dir := t.TempDir()
	b := begun(t, dir)
	for _, want := range []string{"deep__one", "deep__one-2"} {
		write(t, record, events, dir, "deep", "one")
		b.news(t, "")
		code, body := b.do(t, "POST", "/delete", `{"run":"`+idOf("deep/one")+`"}`)
		if code != http.StatusOK || !strings.Contains(body, want) {
			t.Fatalf("got %d, %s", code, body)
		}
		if _, err := runs.Read(filepath.Join(dir, deleted, want)); err != nil {
			t.Error(err)
		}
		if n, all := b.news(t, ""); len(all) != 0 || n.IDs == nil {
			t.Errorf("got %+v, want no run, and IDs that say so", n)
		}
	}
}

// Nothing is moved that is under way, that another program wrote, that is the board's folder itself, or that lies
// outside of it.
func TestDeleteRefuses(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	busy := write(t, record, events[:2], dir, "busy")
	write(t, record, events[:2], dir, "distant")
	put(t, `{"loss":1}`+"\n", mkdir(t, dir, "foreign"), runs.MetricsFile)
	write(t, record, events, dir, "swapped")
	write(t, record, events, dir, "in", "swapped")
	write(t, record, events, outside, "swapped")
	b := begun(t, dir)
	b.news(t, "")
	unlock, err := folderlock.Lock(busy)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	// Links take the place of folders that the board has seen.
	for _, name := range []string{"swapped", "in"} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(outside, "swapped")
		if name == "in" {
			to = outside
		}
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Skip(err)
		}
	}
	for name, want := range map[string]string{
		"busy": "the run is under way", "distant": "may be under way",
		"foreign": "not a folder that this program wrote", "swapped": "no folder any more",
		"in/swapped": "no folder any more",
	} {
		code, body := b.do(t, "POST", "/delete", `{"run":"`+idOf(name)+`"}`)
		if code != http.StatusConflict || !strings.Contains(body, want) {
			t.Errorf("%s: got %d, %s, want %s", name, code, body, want)
		}
	}
	if code, _ := b.do(t, "POST", "/describe", `{"run":"`+idOf("swapped")+`","note":"x"}`); code != http.StatusConflict {
		t.Errorf("describe: got %d", code)
	}
	if code, _ := b.do(t, "GET", "/report?run="+idOf("swapped"), ""); code == http.StatusOK {
		t.Error("a report shows a run outside of the folder")
	}
	if r, err := runs.Read(filepath.Join(outside, "swapped")); err != nil || r.Record.Note != record.Note {
		t.Errorf("outside: got %+v, %v", r, err)
	}

	alone := begun(t, busy)
	alone.news(t, "")
	code, body := alone.do(t, "POST", "/delete", `{"run":"`+idOf(".")+`"}`)
	if code != http.StatusConflict || !strings.Contains(body, "the folder of the board itself") {
		t.Errorf("got %d, %s", code, body)
	}

	// Nor is anything moved out through the folder for deleted ones.
	other := t.TempDir()
	write(t, record, events, other, "one")
	if err := os.Symlink(outside, filepath.Join(other, deleted)); err != nil {
		t.Skip(err)
	}
	b = begun(t, other)
	b.news(t, "")
	if code, body := b.do(t, "POST", "/delete", `{"run":"`+idOf("one")+`"}`); code != http.StatusConflict {
		t.Errorf("got %d, %s", code, body)
	}
}

func mkdir(t *testing.T, path ...string) string {
	t.Helper()
	dir := filepath.Join(path...)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	return dir
}

// A file that is a link, as config.json to another folder, is neither read nor written, and its folder stays.
func TestLinkedFiles(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	secret := write(t, record, events, outside, "secret")
	one := write(t, record, events, dir, "one")
	b := begun(t, dir)
	b.news(t, "")
	if err := os.Remove(filepath.Join(one, runs.ConfigFile)); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(secret, runs.ConfigFile), filepath.Join(one, runs.ConfigFile)); err != nil {
		t.Skip(err)
	}
	for _, path := range []string{"/describe", "/delete"} {
		code, body := b.do(t, "POST", path, `{"run":"`+idOf("one")+`","note":"x"}`)
		if code != http.StatusConflict || !strings.Contains(body, "a link") {
			t.Errorf("%s: got %d, %s", path, code, body)
		}
	}
	if code, body := b.do(t, "GET", "/report?run="+idOf("one"), ""); code != http.StatusConflict {
		t.Errorf("got %d, %.80s", code, body)
	}
	if _, all := b.news(t, ""); all["one"].State != damaged || !strings.Contains(all["one"].Error, "a link") {
		t.Errorf("got %+v", all["one"])
	}
}

// Only who has the token can ask, under a name of the board's, and no page of another site.
func TestAccess(t *testing.T) {
	b := begun(t, t.TempDir())
	for _, c := range []struct {
		host, origin, token string
		want                int
	}{
		{"localhost:6007", "", b.Token(), http.StatusOK},
		{"localhost:6007", "", "", http.StatusUnauthorized},
		{"localhost:6007", "", "guess", http.StatusUnauthorized},
		{"evil.example", "", b.Token(), http.StatusForbidden},
		{"localhost:6007", "http://evil.example", b.Token(), http.StatusForbidden},
	} {
		for _, path := range []string{"/", "/runs", "/report?run=x", "/words.js"} {
			r := httptest.NewRequest("GET", path, nil)
			r.Host = c.host
			r.Header.Set("Authorization", "Bearer "+c.token)
			if c.origin != "" {
				r.Header.Set("Origin", c.origin)
			}
			w := httptest.NewRecorder()
			b.ServeHTTP(w, r)
			want := c.want
			if want == http.StatusOK && strings.HasPrefix(path, "/report") {
				want = http.StatusNotFound
			}
			if w.Code != want {
				t.Errorf("%+v, %s: got %d, want %d", c, path, w.Code, want)
			}
		}
	}
	if code, _ := b.do(t, "GET", "/delete", ""); code != http.StatusMethodNotAllowed {
		t.Errorf("GET /delete: got %d", code)
	}
	code, body := b.do(t, "GET", "/nowhere", "")
	if code != http.StatusNotFound || !strings.Contains(body, "no such page") {
		t.Errorf("got %d, %s", code, body)
	}
}

// A report is about the runs that are asked for, damaged ones left out.
func TestReport(t *testing.T) {
	dir := t.TempDir()
	write(t, record, events, dir, "one")
	put(t, "?\n", write(t, record, events, dir, "broken"), runs.MetricsFile)
	other := record
	other.Solver = "Adam()"
	write(t, other, events, dir, "study", "two")
	put(t, `{"cells":[{}]}`, dir, "study", runs.StudyFile)
	b := begun(t, dir)
	three := "run=" + idOf("one") + "&run=" + idOf("study/two") + "&run=" + idOf("broken")
	for query, want := range map[string][]string{
		"run=" + idOf("one"):     {"<h1>lenet</h1>"},
		three:                    {"lenet, SGD(lr=0.1)", "lenet, Adam()"},
		"study=" + idOf("study"): {"<h1>study: 1 run</h1>"},
	} {
		code, body := b.do(t, "GET", "/report?"+query, "")
		for _, w := range want {
			if code != http.StatusOK || !strings.Contains(body, w) {
				t.Errorf("%s: got %d, %d bytes, want %s", query, code, len(body), w)
			}
		}
	}
	for query, want := range map[string]int{
		"": http.StatusNotFound, "run=x": http.StatusNotFound, "study=x": http.StatusNotFound,
		"run=" + idOf("broken"): http.StatusConflict,
	} {
		if code, body := b.do(t, "GET", "/report?"+query, ""); code != want {
			t.Errorf("%s: got %d, %s, want %d", query, code, body, want)
		}
	}
}
