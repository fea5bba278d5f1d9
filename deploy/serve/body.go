package serve

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"path/filepath"
	"strings"

	"anneal/deploy/predict"
)

// asked is what a request asks about.
type asked struct {
	samples [][]float32
	list    bool   // the request has a list of samples, and so has its answer
	pixels  []byte // C·H·W, of its one picture
	held    int64  // of Service.numbers
}

// decoder makes samples of a request's body.
type decoder func(ctx context.Context, body []byte) (asked, error)

// decoder returns the decoder for a Content-Type. A body of no type, or of those that curl --data-binary and many
// clients give a file, is JSON if it begins as JSON, and otherwise what the network takes: a table or a picture.
func (s *Service) decoder(contentType string) (decoder, error) {
	kind, params, _ := mime.ParseMediaType(contentType)
	switch {
	case kind == "application/json":
		return s.json, nil
	case strings.HasPrefix(kind, "image/"):
		return s.picture, nil
	case kind == "text/csv":
		return s.rows(".csv"), nil
	case kind == "text/tab-separated-values":
		return s.rows(".tsv"), nil
	case kind == "multipart/form-data":
		return func(ctx context.Context, body []byte) (asked, error) { return s.form(ctx, body, params["boundary"]) }, nil
	case contentType == "", kind == "application/octet-stream", kind == "application/x-www-form-urlencoded":
		return s.untyped, nil
	}
	return nil, fmt.Errorf("content type %q: want image/png, image/jpeg, image/gif, text/csv, application/json, "+
		"multipart/form-data with one file, or none", contentType)
}

func (s *Service) untyped(ctx context.Context, body []byte) (asked, error) {
	begin := bytes.TrimSpace(body)
	switch {
	case bytes.HasPrefix(begin, []byte("{")), bytes.HasPrefix(begin, []byte("[")):
		return s.json(ctx, body)
	case s.network.Options().Input() == predict.Table:
		return s.rows(".csv")(ctx, body)
	}
	return s.picture(ctx, body)
}

// size is how many numbers a sample has.
func (s *Service) size() int {
	shape := s.network.Options().Shape
	return shape[0] * shape[1] * shape[2]
}

// most is how many samples a request may have.
func (s *Service) most() int { return max(1, min(maxSamples, maxNumbers/s.size())) }

// json returns the samples that JSON spells.
func (s *Service) json(_ context.Context, body []byte) (asked, error) {
	samples, list, err := s.network.JSON(body, s.most())
	return asked{samples: samples, list: list}, err
}

// rows returns the decoder of the rows of a table with that extension.
func (s *Service) rows(extension string) decoder {
	return func(_ context.Context, body []byte) (asked, error) {
		rows, err := s.network.Rows(bytes.NewReader(body), extension)
		if err != nil {
			return asked{}, err
		}
		a := asked{list: true}
		for {
			x, err := rows.Next()
			switch {
			case errors.Is(err, io.EOF) && len(a.samples) == 0:
				return asked{}, errors.New("the table has no rows, want at least one")
			case errors.Is(err, io.EOF):
				return a, nil
			case err != nil:
				return asked{}, err
			case len(a.samples) == s.most():
				return asked{}, fmt.Errorf("%w: want at most %d at once", predict.ErrTooMany, s.most())
			}
			a.samples = append(a.samples, x)
		}
	}
}

// form returns what a form asks about: its one file, or its one field if it has no file, or the pictures that are under
// the name pictures.
func (s *Service) form(ctx context.Context, body []byte, boundary string) (asked, error) {
	files, err := filesOf(body, boundary)
	if err != nil {
		return asked{}, err
	}
	if files[0].list {
		if len(files) > s.most() {
			return asked{}, fmt.Errorf("%w: want at most %d at once", predict.ErrTooMany, s.most())
		}
		return s.pictures(ctx, files)
	}
	if extension := strings.ToLower(filepath.Ext(files[0].name)); extension == ".csv" || extension == ".tsv" {
		return s.rows(extension)(ctx, files[0].content)
	}
	return s.untyped(ctx, files[0].content)
}
