package serve

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
)

// maxParts is the largest number of files and fields in a form.
const maxParts = 2 * maxSamples

// formFile is a file of a form.
type formFile struct {
	name    string
	list    bool // it is one of those under the name pictures
	content []byte
}

// filesOf returns the one file of a form, or its one field if it has no file, or all files if they are all under the
// name pictures.
func filesOf(body []byte, boundary string) ([]formFile, error) {
	form := multipart.NewReader(bytes.NewReader(body), boundary)
	var files, fields []formFile
	lists := 0
	for n := 0; ; n++ {
		part, err := form.NextPart()
		if err == io.EOF {
			break
		}
		if n == maxParts {
			return nil, fmt.Errorf("form: got more than %d files and fields, want at most that", maxParts)
		}
		var content []byte
		if err == nil {
			content, err = io.ReadAll(part)
		}
		if err != nil {
			return nil, fmt.Errorf("form: %w", err)
		}
		f := formFile{part.FileName(), part.FormName() == "pictures", content}
		if f.name == "" {
			fields = append(fields, f)
			continue
		}
		if files = append(files, f); f.list {
			lists++
		}
	}
	switch {
	case len(files) == 1, len(files) > 0 && lists == len(files):
		return files, nil
	case len(files) == 0 && len(fields) == 1:
		fields[0].list = false
		return fields, nil
	case len(files) > 1:
		return nil, fmt.Errorf("form: got %d files, want one in each request, or several under the name pictures",
			len(files))
	}
	return nil, errors.New("form: got no file, want one")
}
