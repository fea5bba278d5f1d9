package serve

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"strings"
)

// sample is what a request asks about.
type sample struct {
	pixels  []byte // C·H·W
	picture bool   // they were made of a picture
}

// decoder makes a sample of a request's body.
type decoder func(ctx context.Context, body []byte) (sample, error)

// decoder returns the decoder for a Content-Type. A body of no type, or of those that curl --data-binary and many
// clients give a file, is JSON if it begins as an object, and otherwise a picture.
func (s *Service) decoder(contentType string) (decoder, error) {
	kind, params, _ := mime.ParseMediaType(contentType)
	switch {
	case kind == "application/json":
		return s.spelled, nil
	case strings.HasPrefix(kind, "image/"):
		return s.picture, nil
	case kind == "multipart/form-data":
		return func(ctx context.Context, body []byte) (sample, error) {
			file, err := onlyFile(body, params["boundary"])
			if err != nil {
				return sample{}, err
			}
			return s.untyped(ctx, file)
		}, nil
	case contentType == "", kind == "application/octet-stream", kind == "application/x-www-form-urlencoded":
		return s.untyped, nil
	}
	return nil, fmt.Errorf("content type %q: want image/png, image/jpeg, image/gif, application/json, "+
		"multipart/form-data with one file, or none", contentType)
}

func (s *Service) untyped(ctx context.Context, body []byte) (sample, error) {
	if bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) {
		return s.spelled(ctx, body)
	}
	return s.picture(ctx, body)
}

// onlyFile returns the content of the one file in a form, or of its one field if it has no file.
func onlyFile(body []byte, boundary string) ([]byte, error) {
	form := multipart.NewReader(bytes.NewReader(body), boundary)
	var files, fields [][]byte
	for {
		part, err := form.NextPart()
		if err == io.EOF {
			break
		}
		var content []byte
		if err == nil {
			content, err = io.ReadAll(part)
		}
		switch {
		case err != nil:
			return nil, fmt.Errorf("form: %w", err)
		case part.FileName() != "":
			files = append(files, content)
		default:
			fields = append(fields, content)
		}
	}
	switch {
	case len(files) == 1:
		return files[0], nil
	case len(files) == 0 && len(fields) == 1:
		return fields[0], nil
	case len(files) > 1:
		return nil, fmt.Errorf("form: got %d files, want one in each request", len(files))
	}
	return nil, errors.New("form: got no file, want one")
}
