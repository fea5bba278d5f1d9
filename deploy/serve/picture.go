package serve

import (
	"context"
	"fmt"

	"anneal/deploy/predict"
	"anneal/internal/guard"
	"anneal/internal/picture"
)

const (
	maxDecoded = 96 << 20    // bytes that it takes to decode a picture
	measured   = 1200 * 1200 // pixels of a larger picture in which a digit is looked for
	parts      = 48 * 48     // of a picture, of nine pixels or more, to which uneven light is fitted
	fitted     = 60          // pixels that take as much work as a part
)

// picture returns what the network sees of a picture.
func (s *Service) picture(ctx context.Context, body []byte) (asked, error) {
	file, _, err := s.weigh(body, maxPixels)
	if err != nil {
		return asked{}, err
	}
	return s.see(ctx, file)
}

// pictures returns what the network sees of the pictures of a form, which together take no more work than one may.
func (s *Service) pictures(ctx context.Context, files []formFile) (asked, error) {
	left := int64(maxPixels)
	pictures := make([]*picture.File, len(files))
	for i, f := range files {
		file, weight, err := s.weigh(f.content, left)
		if err != nil {
			return asked{}, fmt.Errorf("picture %d: %w", i, err)
		}
		left -= weight
		pictures[i] = file
	}
	all := asked{list: true}
	for i, file := range pictures {
		one, err := s.see(ctx, file)
		if err != nil {
			return asked{}, fmt.Errorf("picture %d: %w", i, err)
		}
		all.samples = append(all.samples, one.samples...)
	}
	return all, nil
}

// weigh reads the header of a picture and returns how many pixels take as much work as the picture does, which are at
// most left: its own, or more if it has many scans, or if it is so small that a digit is looked for in each pixel.
// maxPixels take less than a second.
func (s *Service) weigh(body []byte, left int64) (file *picture.File, weight int64, err error) {
	input := s.network.Options().Input()
	if input != predict.Digits && input != predict.Pictures {
		return nil, 0, fmt.Errorf("got a picture, or a body of an unknown kind: the network takes %s, see /model", input)
	}
	if file, err = picture.Open(body); err != nil {
		return nil, 0, err
	}
	pixels := int64(file.Width) * int64(file.Height)
	if max(file.Width, file.Height) > maxPixels || pixels > maxPixels {
		return nil, 0, fmt.Errorf("picture of %d×%d pixels, want at most %d pixels", file.Width, file.Height, maxPixels)
	}
	weight = max(pixels, int64(1.5*min(file.Work(), 1)*maxPixels))
	if input == predict.Digits {
		weight = max(weight, 4*min(pixels, measured)+fitted*min(pixels/9, parts))
	}
	if weight > left {
		return nil, 0, fmt.Errorf("picture of %d×%d pixels that takes as much work as %d pixels: want at most %d in a "+
			"request, of which %d are left", file.Width, file.Height, weight, maxPixels, left)
	}
	return file, weight, nil
}

// see decodes a picture that has been weighed. It waits while other pictures hold too many pixels.
func (s *Service) see(ctx context.Context, file *picture.File) (asked, error) {
	client, n := guard.Client(ctx), max(1, int64(file.Width)*int64(file.Height))
	if err := s.pixels.Acquire(ctx, client, n); err != nil {
		return asked{}, err
	}
	defer s.pixels.Release(client, n)
	img, err := file.Decode(ctx, maxDecoded)
	if err != nil {
		return asked{}, err
	}
	pixels, err := s.network.Pixels(img)
	if err != nil {
		return asked{}, err
	}
	x, err := s.network.Normalise(pixels)
	return asked{samples: [][]float32{x}, pixels: pixels}, err
}
