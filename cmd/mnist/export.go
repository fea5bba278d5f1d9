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
	ONNX string `name:"onnx" required:"" placeholder:"FILE" help:"${onnx}"`
	Fold bool   `help:"${fold}"`
	Data string `placeholder:"DIR" help:"${fold_data}"`
	logFlags
}

func (e *exportCmd) Run(ctx context.Context, c *console) error {
	params, about, err := e.load()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	doc := fmt.Sprintf("Pixels from 0, paper, to 1, ink, normalised to (pixel - %v)/%v.", about.Mean, about.Std)
	options := export.Options{Fold: e.Fold, Name: e.Model.name, Doc: doc}
	err = export.ONNX(&b, e.Model.draw, params, about.Shape[:], options)
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
		fmt.Fprintf(c.stdout, "folding changes the logits of the %s by at most %.2g\n",
			plural.Of(pair.Test.Len(), "test image"), largest)
	}
	if err := atomicfile.Write(e.ONNX, b.Bytes()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.stdout, "%s: %s, %d bytes\n", e.ONNX, e.Model.name, b.Len())
	return err
}
