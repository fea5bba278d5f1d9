package main

import (
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDataCommand(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sheet.png")
	var stdout, stderr strings.Builder
	args := strings.Fields("data --augment RandomHorizontalFlip() --rows 3 --columns 4 --sheet")
	args = append(args, file)
	if code := run(t.Context(), args, &stdout, &stderr); code != exitOK {
		t.Fatalf("exit code %d: %s", code, &stderr)
	}
	for _, want := range []string{"class               train     test\n", "\n9                    5949     1009\n"} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("%q is not in\n%s", want, &stdout)
		}
	}
	if !strings.Contains(stderr.String(), "a mirrored digit") {
		t.Errorf("no warning about mirrored digits in\n%s", &stderr)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if m, err := png.Decode(f); err != nil || m.Bounds().Dy() != 3+3*59 {
		t.Errorf("the sheet is %v, %v", m.Bounds(), err)
	}
	for want, args := range map[string][]string{
		"ends in .png":      {"data", "--sheet", "x.jpg"},
		"want --sheet FILE": {"data", "--augment", "GaussianNoise"},
	} {
		stderr.Reset()
		code := run(t.Context(), args, &stdout, &stderr)
		if code != exitUsage || !strings.Contains(stderr.String(), want) {
			t.Errorf("%v: exit code %d, %s", args, code, &stderr)
		}
	}
}
