package folder

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"
	"sync/atomic"

	"anneal/data"
	"anneal/internal/bounded"
	"anneal/internal/picture"
)

const (
	beginning = 64 << 10 // bytes of a file that are read for its header
	maxFile   = 64 << 20 // bytes of a file
	maxMemory = 80 << 20 // bytes that decoding a picture may take
)

// decodeAll reads all pictures once, finds the shape of a sample and how to normalise, and makes the sets.
func decodeAll(ctx context.Context, sets *data.Sets, parts [3][]file, facts data.Facts, o Options) error {
	shape := [3]int{o.Channels, o.Size[0], o.Size[1]}
	if shape[0] == 0 || shape[1] == 0 {
		if err := measure(ctx, parts, &shape); err != nil {
			return err
		}
	}
	if shape[0] != 1 && shape[0] != 3 || min(shape[1], shape[2]) < 1 || max(shape[1], shape[2]) > 4096 {
		return fmt.Errorf("shape of a sample: got %v, want 1 or 3 channels, and sides of 1 to 4096 pixels", shape)
	}
	size := shape[0] * shape[1] * shape[2]
	total := int64(len(parts[0])+len(parts[1])+len(parts[2])) * int64(size)
	for p, set := range []*data.Dataset{&sets.Train, &sets.Valid, &sets.Test} {
		files := parts[p]
		if len(files) == 0 {
			continue
		}
		var pixels []byte
		if total <= o.Memory {
			pixels = make([]byte, len(files)*size)
		}
		counts, errs := read(ctx, files, shape, pixels)
		if err := ctx.Err(); err != nil {
			return err
		}
		good, bad := 0, 0
		for i, err := range errs {
			if err != nil && !o.SkipBad {
				return err
			}
			if err != nil {
				bad++
				continue
			}
			if files[good] = files[i]; pixels != nil {
				copy(pixels[good*size:(good+1)*size], pixels[i*size:])
			}
			good++
		}
		if files, sets.Skipped = files[:good], sets.Skipped+bad; good == 0 {
			return fmt.Errorf("none of %d pictures can be read: %w", bad, errs[0])
		}
		if facts.Mean == nil {
			facts.Mean, facts.Std = counts.Statistics()
		}
		var err error
		if *set, err = dataset(files, shape, pixels, facts); err != nil {
			return err
		}
	}
	return nil
}

// dataset returns pictures as a data set: those in pixels, or, if it is nil, each decoded when it is read.
func dataset(files []file, shape [3]int, pixels []byte, facts data.Facts) (*data.Images, error) {
	labels, classes := labels(files), len(facts.ClassNames)
	if pixels != nil {
		return data.NewImages(shape, classes, pixels[:len(files)*shape[0]*shape[1]*shape[2]], labels, facts)
	}
	return data.NewImagesFunc(shape, classes, labels, facts, func(i int, b []byte) error {
		return decode(context.Background(), files[i].path, shape, b)
	})
}

// measure finds the channels and the size of samples that shape leaves open, from the headers of all pictures.
func measure(ctx context.Context, parts [3][]file, shape *[3]int) error {
	var all []file
	for _, p := range parts {
		all = append(all, p...)
	}
	headers := make([]picture.Header, len(all))
	errs := make([]error, len(all))
	each(ctx, len(all), func(i int) { headers[i], errs[i] = inspect(all[i].path) })
	if err := ctx.Err(); err != nil {
		return err
	}
	grey, first := true, -1
	for i, h := range headers {
		if errs[i] != nil {
			continue // reading it gives the error again
		}
		grey = grey && h.Grey
		if shape[1] != 0 {
			continue
		}
		if first < 0 {
			first = i
		}
		if f := headers[first]; h.Width != f.Width || h.Height != f.Height {
			return fmt.Errorf("%s has %d×%d pixels and %s %d×%d: want pictures of one size, or the size of samples "+
				"(image_size) to scale them to", all[first].path, f.Width, f.Height, all[i].path, h.Width, h.Height)
		}
	}
	if shape[1] == 0 {
		if first < 0 {
			return fmt.Errorf("none of %d pictures can be read: %s: %w", len(all), all[0].path, errs[0])
		}
		shape[1], shape[2] = headers[first].Height, headers[first].Width
	}
	if shape[0] == 0 {
		if shape[0] = 3; grey {
			shape[0] = 1
		}
	}
	return nil
}

// inspect reads the header of a picture, and its size as it is shown.
func inspect(path string) (h picture.Header, err error) {
	if err := regular(path); err != nil {
		return picture.Header{}, err
	}
	f, err := os.Open(path)
	if err != nil {
		return picture.Header{}, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, beginning))
	if err != nil {
		return picture.Header{}, err
	}
	h, err = picture.Inspect(b)
	if err != nil && len(b) == beginning { // the header of a TIFF may be at its end
		rest, more := io.ReadAll(io.LimitReader(f, maxFile))
		if more != nil {
			return picture.Header{}, more
		}
		b = append(b, rest...)
		h, err = picture.Inspect(b)
	}
	if picture.Orientation(b) >= 5 {
		h.Width, h.Height = h.Height, h.Width
	}
	return h, err
}

// read decodes pictures into pixels, unless that is nil, and counts their values.
func read(ctx context.Context, files []file, shape [3]int, pixels []byte) (data.PixelCounts, []error) {
	size := shape[0] * shape[1] * shape[2]
	errs := make([]error, len(files))
	total := data.NewPixelCounts(shape[0])
	var mu sync.Mutex
	each(ctx, len(files), func(i int) {
		b := make([]byte, size)
		if pixels != nil {
			b = pixels[i*size : (i+1)*size]
		}
		if errs[i] = decode(ctx, files[i].path, shape, b); errs[i] == nil {
			mu.Lock()
			total.Add(b)
			mu.Unlock()
		}
	})
	return total, errs
}

// each calls do for 0 to n−1 on as many goroutines as there are processors, until ctx is done.
func each(ctx context.Context, n int, do func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				do(i)
			}
		})
	}
	wg.Wait()
}

// decode writes the sample that a picture becomes.
func decode(ctx context.Context, path string, shape [3]int, pixels []byte) (err error) {
	if err = regular(path); err == nil {
		var b []byte
		if b, err = bounded.ReadFile(path, maxFile); err == nil {
			err = decodeBytes(ctx, b, shape, pixels)
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// regular returns an error unless path is a file of at most maxFile bytes. A pipe is none: to open it is to wait.
func regular(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("got a %v, want a file", info.Mode().Type())
	case info.Size() > maxFile:
		return fmt.Errorf("got %d bytes, want a file of at most %d", info.Size(), maxFile)
	}
	return nil
}

func decodeBytes(ctx context.Context, b []byte, shape [3]int, pixels []byte) error {
	img, err := picture.Decode(ctx, b, maxMemory)
	if err != nil {
		return err
	}
	return picture.CropTo(pixels, img, shape, 0)
}
