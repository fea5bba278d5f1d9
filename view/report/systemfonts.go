package report

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// fonts are those of the system.
var fonts = &systemFonts{folders: fontFolders()}

// systemFonts finds fonts by a character that they have. It looks for files when it is first asked.
type systemFonts struct {
	folders []string

	mu     sync.Mutex
	listed bool
	files  []string // not looked into yet, the likely ones first
	open   []*opentype.Font
	found  map[rune]*opentype.Font // nil: no font has it
}

// fontFolders returns where the system keeps fonts.
func fontFolders() []string {
	home, _ := os.UserHomeDir()
	switch runtime.GOOS {
	case "windows":
		return []string{
			filepath.Join(os.Getenv("WINDIR"), "Fonts"),
			filepath.Join(os.Getenv("LOCALAPPDATA"), "Microsoft", "Windows", "Fonts"),
		}
	case "darwin":
		return []string{"/System/Library/Fonts", "/Library/Fonts", filepath.Join(home, "Library", "Fonts")}
	}
	return []string{
		"/usr/share/fonts", "/usr/local/share/fonts",
		filepath.Join(home, ".local", "share", "fonts"), filepath.Join(home, ".fonts"),
	}
}

// find returns a font that has r, or nil.
func (s *systemFonts) find(r rune) *opentype.Font {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f, ok := s.found[r]; ok {
		return f
	}
	if s.found == nil {
		s.found = map[rune]*opentype.Font{}
	}
	s.found[r] = s.look(r)
	return s.found[r]
}

func (s *systemFonts) look(r rune) *opentype.Font {
	for _, f := range s.open {
		if draws(f, r) {
			return f
		}
	}
	if !s.listed {
		s.list()
	}
	for i, path := range s.files {
		if f := openFont(path, r); f != nil {
			s.open = append(s.open, f)
			s.files = slices.Delete(s.files, i, i+1)
			return f
		}
	}
	return nil
}

// list lists the files of fonts. Those for Chinese, Japanese and Korean come first: they have most characters.
func (s *systemFonts) list() {
	s.listed = true
	for _, folder := range s.folders {
		_ = filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
			if err != nil {
				return nil // a folder that cannot be read has no fonts
			}
			switch strings.ToLower(filepath.Ext(path)) {
			case ".ttf", ".otf", ".ttc", ".otc":
				s.files = append(s.files, path)
			}
			return nil
		})
	}
	rank := func(path string) int {
		name := strings.ToLower(filepath.Base(path))
		for i, part := range []string{"cjk", "pingfang", "msyh", "wqy", "hei", "simsun", "hiragino", "gothic", "sans"} {
			if strings.Contains(name, part) {
				return i
			}
		}
		return 99
	}
	slices.SortStableFunc(s.files, func(a, b string) int { return rank(a) - rank(b) })
}

// openFont returns the font of a file, or the one of a collection, that draws r, or nil. Its file stays open: a glyph
// is read when it is drawn.
func openFont(path string, r rune) *opentype.Font {
	file, err := os.Open(path)
	if err != nil {
		return nil
	}
	for f := range fontsIn(file) {
		if draws(f, r) {
			return f
		}
	}
	file.Close()
	return nil
}

// draws reports whether a font has lines for r. Fonts of emoji have pictures instead.
func draws(f *opentype.Font, r rune) bool {
	var b sfnt.Buffer
	i, err := f.GlyphIndex(&b, r)
	if err != nil || i == 0 {
		return false
	}
	segments, err := f.LoadGlyph(&b, i, fixed.I(16), nil)
	return err == nil && len(segments) > 0
}
