package app

import (
	"bytes"
	"context"
	"encoding/json"
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
	dataFlags
	logFlags
}

func (e *exportCmd) Run(ctx context.Context, c *console) error {
	log := c.log(e.logFlags)
	params, about, err := e.load(log)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	shape := about.shape()
	options := export.Options{Fold: e.Fold, Name: e.Model.name, Doc: about.doc(), Metadata: about.metadata()}
	err = export.ONNX(&b, e.Model.draw, params, shape[:], options)
	if err != nil {
		return err
	}
	if e.Fold {
		pair, err := about.load(ctx, log, e.dataFlags)
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

// doc says in the ONNX file how its input is made.
func (o *origin) doc() string {
	mean, std := o.Normalisation()
	switch {
	case len(mean) == 1:
		return fmt.Sprintf("Pixels from 0, paper, to 1, ink, normalised to (pixel - %v)/%v.", mean[0], std[0])
	case mean != nil:
		return fmt.Sprintf("Pixels from 0 to 1, normalised to (pixel - mean)/std, with mean %v and std %v of the channels.",
			mean, std)
	}
	return "Pixels normalised as for training."
}

// metadata returns what is known of the network's data, lists as JSON.
func (o *origin) metadata() map[string]string {
	all := map[string]string{}
	put := func(key string, value any, known bool) {
		if text, err := json.Marshal(value); known && err == nil {
			all[key] = string(text)
		}
	}
	mean, std := o.Normalisation()
	put("mean", mean, mean != nil)
	put("std", std, mean != nil)
	put("shape", o.shape(), true)
	put("class_names", o.ClassNames, o.ClassNames != nil)
	for key, value := range map[string]string{
		"data": o.Name, "data_sha256": o.SHA256, "preprocess": o.Preprocess,
	} {
		if value != "" {
			all[key] = value
		}
	}
	return all
}
