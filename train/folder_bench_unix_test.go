//go:build unix

package train

import (
	"bufio"
	"fmt"
	"image"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"anneal/data"
	"anneal/data/folder"
	"anneal/models"
	"anneal/runs"
	"anneal/solvers"
)

// BenchmarkFolder compares the training of resnet8 on 20,000 pictures, PNG of 3×64×64 in ten classes, that are in
// memory with one that reads and decodes their files. The two take turns, 60 steps of 128 images each; files are in
// the system's cache. The metrics are each one's median time in milliseconds, of the processors and on the clock, and
// how many times as fast as from memory the training from files is.
func BenchmarkFolder(b *testing.B) {
	const pictures, side, steps = 20_000, 64, 60
	dir := b.TempDir()
	writePictures(b, dir, pictures, side)
	load := func(memory int64) data.Dataset {
		sets, err := folder.Load(b.Context(), dir, folder.Options{Test: 64, Memory: memory})
		if err != nil {
			b.Fatal(err)
		}
		return sets.Train
	}
	kinds := []struct {
		name string
		set  data.Dataset
		all  [2][]float64 // of the processors, and on the clock
	}{{name: "memory", set: load(0)}, {name: "files", set: load(1)}}
	few, err := data.Limit(kinds[0].set, 1)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		for i := range kinds {
			var start, end [2]float64
			_, err := Run(b.Context(), Config{
				Model: models.ResNet8, Train: kinds[i].set, Test: few, Solver: solvers.SGD{LR: 0.01, Momentum: 0.9},
				Settings: Settings{Steps: steps, Batch: 128},
				Observers: []runs.Observer{func(e runs.Event) error {
					switch e.(type) {
					case runs.Start:
						start = spentTimes(b)
					case runs.End:
						end = spentTimes(b)
					}
					return nil
				}},
			})
			if err != nil {
				b.Fatal(err)
			}
			for t := range start {
				kinds[i].all[t] = append(kinds[i].all[t], end[t]-start[t])
			}
		}
	}
	for t, name := range []string{"cpu", "wall"} {
		for _, k := range kinds {
			b.ReportMetric(1e3*middle(k.all[t]), k.name+"-"+name+"-ms")
		}
		b.ReportMetric(middle(kinds[0].all[t])/middle(kinds[1].all[t]), "files-"+name+"-speed")
	}
}

// writePictures writes n pictures that compress about as photographs do.
func writePictures(b *testing.B, dir string, n, side int) {
	b.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	img := image.NewRGBA(image.Rect(0, 0, side, side))
	for i := range n {
		across, down, shift := random.Float64()/3, random.Float64()/4, random.Float64()
		for at := range img.Pix {
			x, y, c := float64(at/4%side), float64(at/4/side), float64(at%4)
			v := 128 + 60*math.Sin(across*x+c) + 50*math.Cos(down*y+shift*c) + 6*random.NormFloat64()
			if img.Pix[at] = byte(min(max(v, 0), 255)); at%4 == 3 {
				img.Pix[at] = 255
			}
		}
		class := filepath.Join(dir, fmt.Sprint("class ", i%10))
		if err := os.MkdirAll(class, 0o777); err != nil {
			b.Fatal(err)
		}
		file, err := os.Create(filepath.Join(class, fmt.Sprintf("%05d.png", i)))
		if err != nil {
			b.Fatal(err)
		}
		w := bufio.NewWriter(file)
		if err := png.Encode(w, img); err != nil {
			b.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			b.Fatal(err)
		}
		if err := file.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

var began = time.Now()

// spentTimes returns the time of the processors for this program, and that on the clock, in seconds.
func spentTimes(b *testing.B) [2]float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return [2]float64{float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9, time.Since(began).Seconds()}
}

func middle(all []float64) float64 { return slices.Sorted(slices.Values(all))[len(all)/2] }
