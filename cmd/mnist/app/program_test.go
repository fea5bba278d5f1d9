package app

import (
	"path/filepath"
	"testing"

	"anneal/internal/longtest"
	"anneal/internal/moduletest"
)

// TestOwnProgram runs every command of a program in another module for its own models and data.
func TestOwnProgram(t *testing.T) {
	longtest.SkipIfRace(t, "trains networks in another program")
	moduletest.Run(t, filepath.Join("testdata", "pets"), filepath.Join("..", "..", ".."))
}

// A command is the file that was called, or, if go run built it, what runs it again.
func TestCalled(t *testing.T) {
	hash := "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	for path, want := range map[string]string{
		"pets":                                "pets",
		"./my pets":                           "'./my pets'",
		"/opt/exe/pets":                       "/opt/exe/pets",
		"/c/" + hash + "-d/pets":              "go run example.com/pets",
		"/tmp/go-build123/b001/exe/pets":      "go run example.com/pets",
		`C:\Temp\go-build9\b001\exe\pets.exe`: "go run example.com/pets",
	} {
		if got := called(path, "example.com/pets"); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
	if got := called("/tmp/go-build123/b001/exe/main", "command-line-arguments"); got != "go run ." {
		t.Errorf("go run main.go: got %s", got)
	}
}
