package main

import (
	"bytes"
	"context"
	"fmt"

	"anneal/deploy/export"
	"anneal/internal/atomicfile"
	"anneal/internal/plural"
	"anneal/train"
)

type exportCmd struct {
	weightsFlags
	ONNX string `name:"onnx" required:"" placeholder:"FILE" help:"Write the network as ONNX, opset 17, for batches of any size; a file of that name is replaced."`
	Fold bool   `help:"Fold batch normalization into the layers before it, and print by how much logits of the test images change."`
	Data string `placeholder:"DIR" help:"A folder with an IDX data set of MNIST's four file names, for --fold. Default: MNIST itself."`
	logFlags
}

func (e *exportCmd) Run(ctx context.Context, c *console) error {
	params, about, err := e.load()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	doc := fmt.Sprintf("Pixels from 0, paper, to 1, ink, normalised to (pixel - %v)/%v.", about.Mean, about.Std)
	err = export.ONNX(&b, e.Model.draw, params, about.Shape[:], export.Options{Fold: e.Fold, Name: e.Model.name, Doc: doc})
	if err != nil {
		return err
	}
	if e.Fold {
		pair, err := load(ctx, c.log(e.logFlags), e.Data)
		if err != nil {
			return err
		}
		largest, err := train.FoldingError(ctx, e.Model.draw, params, pair.Test)
		if err != nil {
			return err
		}
		fmt.Fprintf(c.stdout, "folding changes logits of the %s by %.2g at most\n", plural.Of(pair.Test.Len(), "test image"), largest)
	}
	if err := atomicfile.Write(e.ONNX, b.Bytes()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.stdout, "%s: %s, %d bytes\n", e.ONNX, e.Model.name, b.Len())
	return err
}
