package report_test

import (
	"fmt"
	"os"
	"path/filepath"

	"anneal/view/report"
)

// A picture of two runs' losses, on a logarithmic axis.
func ExampleFigure_Save() {
	dir, err := os.MkdirTemp("", "figure")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	epochs := []float64{1, 2, 3, 4}
	figure := report.Figure{Title: "Test loss", Panels: []report.Panel{{
		X: report.Axis{Label: "epoch"}, Y: report.Axis{Label: "loss", Log: true},
		Lines: []report.Line{
			{Name: "lenet", X: epochs, Y: []float64{0.31, 0.12, 0.09, 0.07}},
			{Name: "lenet-bn", X: epochs, Y: []float64{0.09, 0.06, 0.04, 0.035}},
		},
	}}}
	fmt.Println(figure.Save(filepath.Join(dir, "loss.svg")))
	fmt.Println(figure.Save("loss.bmp"))
	// Output:
	// <nil>
	// report: loss.bmp: want a name that ends in .png or .svg
}
