package tensorboard_test

import (
	"fmt"
	"os"
	"path/filepath"

	"anneal/view/tensorboard"
)

// A program can write its own event file, in addition to the one that a Recorder writes for train.Run.
func Example() {
	folder, err := os.MkdirTemp("", "run")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	w, err := tensorboard.Create(folder, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	for step := range 3 {
		err = w.Write(step,
			tensorboard.Scalar("loss/test", 1/float64(1+step)),
			tensorboard.Distribution("conv1/weight", tensorboard.NewHistogram([]float32{-0.5, 0, 0.25})))
		if err != nil {
			fmt.Println(err)
			return
		}
	}
	if err := w.Close(); err != nil {
		fmt.Println(err)
		return
	}
	files, err := filepath.Glob(filepath.Join(folder, "events.out.tfevents.*"))
	fmt.Println(len(files), err)
	// Output: 1 <nil>
}
