// Command folder trains on a folder of pictures, which has a folder for each class. It shows a data set of its own,
// which reads and decodes a picture when it is needed; random flips and shifts change it. Package data/folder has one
// with more options.
//
//	go run ./examples/folder         makes 600 pictures of circles, crosses and squares, and trains on them
//	go run ./examples/folder DIR     trains on those in the folders of DIR, scaled to 16×16
//
// It prints the accuracy of each epoch on a quarter of the pictures, which it does not train on.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"anneal/data"
	"anneal/deploy/predict"
	"anneal/models"
	"anneal/runs"
	"anneal/solvers"
	"anneal/train"
)

const side = 16

// pictures is a data set of files. Its labels are places in names.
type pictures struct {
	files  []string
	labels []int32
	names  []string
}

func (p *pictures) Len() int          { return len(p.files) }
func (p *pictures) Shape() [3]int     { return [3]int{3, side, side} }
func (p *pictures) Classes() int      { return len(p.names) }
func (p *pictures) Facts() data.Facts { return data.Facts{Name: "pictures", ClassNames: p.names} }

// Read decodes a picture, scales it, and writes its pixels as numbers from -1 to 1.
func (p *pictures) Read(i int, x []float32) (int32, error) {
	file, err := os.Open(p.files[i])
	if err != nil {
		return 0, err
	}
	defer file.Close()
	img, err := predict.Decode(file)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", p.files[i], err)
	}
	pixels, err := predict.Fit(img, p.Shape(), 0)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", p.files[i], err)
	}
	for j, v := range pixels {
		x[j] = float32(v)/127.5 - 1
	}
	return p.labels[i], nil
}

// open lists the pictures in the folders of dir.
func open(dir string) (*pictures, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.*"))
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s has no folders with pictures", dir)
	}
	p := &pictures{files: files}
	for _, file := range files { // Glob sorts them
		class := filepath.Base(filepath.Dir(file))
		if !slices.Contains(p.names, class) {
			p.names = append(p.names, class)
		}
		p.labels = append(p.labels, int32(len(p.names)-1))
	}
	return p, err
}

// run trains on the pictures in dir and prints to w.
func run(ctx context.Context, w io.Writer, dir string, epochs int) error {
	all, err := open(dir)
	if err != nil {
		return err
	}
	training, test, err := data.Split(all, 0.25, 1)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%d pictures of %s\n", all.Len(), strings.Join(all.names, ", "))
	augment, err := data.ParseAugment("Compose([RandomHorizontalFlip(), RandomAffine(degrees=0, translate=(0.1, 0.1))])")
	if err != nil {
		return err
	}
	name, err := models.WithSize("resnet8", all.Classes())
	if err != nil {
		return err
	}
	model, err := models.Get(name)
	if err != nil {
		return err
	}
	_, err = train.Run(ctx, train.Config{
		Model: model, Name: name, Train: training, Test: test, Augment: augment, Solver: solvers.Default[solvers.AdamW](),
		Settings: train.Settings{Epochs: epochs, Batch: 32},
		Observers: []runs.Observer{func(e runs.Event) error {
			if e, ok := e.(runs.Epoch); ok {
				fmt.Fprintf(w, "epoch %2d: test loss %.4f, %.1f%% right\n", e.Epoch, e.TestLoss, 100*e.TestAccuracy)
			}
			return nil
		}},
	})
	return err
}

func main() {
	if len(os.Args) > 1 {
		check(run(context.Background(), os.Stdout, os.Args[1], 6))
		return
	}
	dir, err := os.MkdirTemp("", "pictures")
	check(err)
	defer os.RemoveAll(dir)
	check(draw(dir, 200))
	check(run(context.Background(), os.Stdout, dir, 6))
}

// check ends the program if there is an error.
func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
