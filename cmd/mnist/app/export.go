package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"anneal/deploy/export"
	"anneal/deploy/predict"
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
	task := e.task(about)
	options := export.Options{
		Fold: e.Fold, Name: e.Model.name, Doc: about.doc(), Result: about.result(task), Metadata: about.metadata(task),
	}
	err = export.ONNX(&b, e.Model.draw, params, about.networkShape(), options)
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
		if err := say(c.stdout, "folding changes the logits of the %s by at most %.2g\n",
			plural.Of(pair.Test.Len(), "test "+noun(pair.Test)), largest); err != nil {
			return err
		}
	}
	if err := atomicfile.Write(e.ONNX, b.Bytes()); err != nil {
		return err
	}
	return say(c.stdout, "%s: %s, %d bytes\n", e.ONNX, e.Model.name, b.Len())
}

// doc says in the ONNX file how its input is made.
func (o *origin) doc() string {
	mean, std := o.Normalisation()
	switch {
	case o.Columns != nil:
		return "A row of a table: its columns in the order of the metadata's columns. A number is standardised to " +
			"(x - mean)/std, and 0 if it is missing. A column of categories is a 0 or 1 for each, all 0 if it is missing."
	case mean == nil && o.XShape != nil:
		return "Numbers as for training."
	case len(mean) == 1:
		return fmt.Sprintf("Pixels from 0, paper, to 1, ink, normalised to (pixel - %v)/%v.", mean[0], std[0])
	case mean != nil:
		return fmt.Sprintf("Pixels from 0 to 1, normalised to (pixel - mean)/std, with mean %v and std %v of the channels.",
			mean, std)
	}
	return "Pixels normalised as for training."
}

// result says in the ONNX file what the network's result is.
func (o *origin) result(task predict.Task) string {
	switch t := o.Target; {
	case task == predict.Labels:
		return "Label scores before the sigmoid, for inputs in batches of any size."
	case task == predict.Numbers && t != nil:
		return fmt.Sprintf("%s in units of its standard deviation about its mean: %[1]s = result*%v + %v.",
			t.Name, t.Std, t.Mean)
	case task == predict.Numbers:
		return "Numbers, for inputs in batches of any size."
	}
	return "" // as ONNX says of classes
}

// metadata returns what is known of the network and its data, lists as JSON.
func (o *origin) metadata(task predict.Task) map[string]string {
	all := map[string]string{}
	put := func(key string, value any, known bool) {
		if text, err := json.Marshal(value); known && err == nil {
			all[key] = string(text)
		}
	}
	mean, std := o.Normalisation()
	put("mean", mean, mean != nil)
	put("std", std, mean != nil)
	put("shape", o.networkShape(), true)
	put("class_names", o.ClassNames, o.ClassNames != nil)
	put("columns", o.Columns, o.Columns != nil)
	put("target", o.Target, o.Target != nil)
	all["task"] = string(task)
	for key, value := range map[string]string{
		"data": o.Name, "data_sha256": o.SHA256, "preprocess": o.Preprocess,
	} {
		if value != "" {
			all[key] = value
		}
	}
	return all
}
