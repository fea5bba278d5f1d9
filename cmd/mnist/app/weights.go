package app

import (
	"fmt"

	"github.com/sirupsen/logrus"

	"anneal/deploy/predict"
	"anneal/graph"
	"anneal/runs"
	"anneal/weights"
)

// weightsFlags name a trained model.
type weightsFlags struct {
	Init  string    `required:"" placeholder:"FILE" help:"${weights}"`
	Model modelFlag `placeholder:"NAME" help:"${whose}"`
	factsFlags
}

// identify sets Model from the file, unless the flag is given. It returns what the file and the flags say about the
// data that the model was trained on.
func (w *weightsFlags) identify() (*origin, error) {
	file, err := weights.Inspect(w.Init)
	if err != nil {
		return nil, err
	}
	o := &origin{file: w.Init, said: file}
	if file.Data != nil {
		o.DataRecord = *file.Data
	}
	if err := w.factsFlags.apply(&o.DataRecord); err != nil {
		return nil, err
	}
	if w.Model.draw != nil {
		return o, w.Model.recorded(file.Record)
	}
	if file.Record == nil || file.Record.Model == "" {
		return nil, fmt.Errorf("%s does not say which network its weights belong to: give it with --model", w.Init)
	}
	if err := w.Model.UnmarshalText([]byte(file.Record.Model)); err != nil {
		return nil, fmt.Errorf("%s: %w; give the network with --model", w.Init, err)
	}
	return o, nil
}

// load reads the weights. The log says where in the file they were, if that is not plain.
func (w *weightsFlags) load(log logrus.FieldLogger) (*graph.Params, *origin, error) {
	o, err := w.identify()
	if err != nil {
		return nil, nil, err
	}
	params, loaded, err := weights.LoadModelShapePart(w.Init, w.Model.draw, o.networkShape(), nil, nil)
	if err != nil {
		return nil, nil, err
	}
	tellLoaded(log, loaded)
	return params, o, nil
}

// tellLoaded logs the notes about a file of weights.
func tellLoaded(log logrus.FieldLogger, loaded *runs.Loaded) {
	for _, note := range loaded.Notes() {
		log.Info(note)
	}
}

// predictor returns the network that the flags name, and what is taken for granted about pictures since neither the
// file nor a flag says it, or "".
func (w *weightsFlags) predictor(
	log logrus.FieldLogger,
) (network *predict.Predictor, assumed string, err error) {
	network, _, assumed, err = w.predictorOf(log)
	return network, assumed, err
}

// predictorOf is predictor, and returns what is known about the network's data.
func (w *weightsFlags) predictorOf(
	log logrus.FieldLogger,
) (network *predict.Predictor, o *origin, assumed string, err error) {
	params, o, err := w.load(log)
	if err != nil {
		return nil, nil, "", err
	}
	about, assumed, err := o.forSamples()
	if err != nil {
		return nil, nil, "", err
	}
	options := predict.OptionsOf(about)
	options.Task = w.task(o)
	if network, err = predict.New(w.Model.draw, params, options); err != nil {
		return nil, nil, "", err
	}
	classes, err := network.Classes()
	if n := len(w.Classes); err == nil && n > classes {
		err = fmt.Errorf("--classes has %d names and the network tells %d classes apart: want at most as many", n, classes)
	}
	return network, o, assumed, err
}

// task returns what the network's result is: its run's loss says it, or its model.
func (w *weightsFlags) task(o *origin) predict.Task {
	loss := ""
	if w.Model.loss != nil {
		loss = w.Model.loss.String()
	}
	if o.said.Record != nil {
		loss = o.said.Record.Loss
	}
	return predict.TaskOf(loss)
}

// origin is the data that a network was trained on.
type origin struct {
	runs.DataRecord                     // what the file says, or in its place a flag
	file            string              // of weights
	said            *weights.Inspection // what the file alone says
}

// shape returns the shape of a sample, MNIST's if nobody says it.
func (o *origin) shape() [3]int {
	if o.Shape == [3]int{} {
		return [3]int{1, 28, 28}
	}
	return o.Shape
}

// networkShape returns the shape in which the network takes a sample.
func (o *origin) networkShape() []int {
	if o.XShape != nil {
		return o.XShape
	}
	shape := o.shape()
	return shape[:]
}

// forSamples returns what is known about the network's samples. For those that may be pictures it is what forPictures
// returns; the run of another network has recorded that its samples have no pixels.
func (o *origin) forSamples() (about runs.DataRecord, assumed string, err error) {
	mean, _ := o.Normalisation()
	recorded := o.said.Data != nil && o.said.Data.Preprocess != "" && o.said.Data.SHA256 != ""
	bare := mean == nil && recorded && o.DataRecord.Preprocess == o.said.Data.Preprocess
	if o.Columns != nil || o.XShape != nil || bare {
		about = o.DataRecord
		about.Shape = o.shape()
		return about, "", nil
	}
	return o.forPictures()
}

// forPictures completes what is known about pictures for the network. Where neither the file nor a flag says it, and
// the samples have MNIST's shape, they are taken for MNIST's digits, and assumed says so.
func (o *origin) forPictures() (about runs.DataRecord, assumed string, err error) {
	about = o.DataRecord
	about.Shape = o.shape()
	grey := about.Shape == [3]int{1, 28, 28}
	older := o.said.Data == nil || o.said.Data.Preprocess == "" // no file of ours, or one from before files said it
	mean, _ := about.Normalisation()
	if mean == nil && !(grey && older) {
		return about, "", fmt.Errorf("%s does not say how the pixels were normalised: give --mean and --std, of pixels "+
			"from 0 to 1, with one number for all channels or one per channel", o.file)
	}
	var taken []string
	if mean == nil {
		about.SetNormalisation([]float64{0.1307}, []float64{0.3081})
		taken = append(taken, "pixels normalised as MNIST's, with mean 0.1307 and std 0.3081 (--mean, --std)")
	}
	if about.Preprocess == "" && grey {
		about.Preprocess = runs.PreprocessDigit
		taken = append(taken, "pictures of digits, which are centred and scaled (--preprocess)")
	}
	for i, text := range taken {
		if i > 0 {
			assumed += ", and "
		}
		assumed += text
	}
	if assumed != "" {
		assumed = fmt.Sprintf("%s does not say what its network was trained on; assumed: %s", o.file, assumed)
	}
	return about, assumed, nil
}
