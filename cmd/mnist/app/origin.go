package app

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"

	"github.com/sirupsen/logrus"

	"anneal/data"
	"anneal/data/source"
	"anneal/runs"
	"anneal/train"
	"anneal/weights"
)

// mnistName is what data.Facts call MNIST.
const mnistName = "MNIST"

// load reads the data set that the flags name, and normalises it as the network's own data was. With no --data it is
// the one that the network's run recorded, if that is still there. Another one is read with the options of that, such
// as the target, where the flags have none. It warns if the network was not trained on that data set.
func (o *origin) load(ctx context.Context, log logrus.FieldLogger, from dataFlags) (*sets, error) {
	was := o.run()
	if from.Data == "" {
		if o.Name == mnistName {
			from.standard = ""
		}
		if from.Data = o.folder(was); from.Data != "" {
			log.Infof("%s was trained on %s; its run recorded where that is. --data names another data set",
				o.file, cmp.Or(o.Name, from.Data))
		}
	} else if was != nil {
		from.recorded, _ = was.Notes[noteOptions].(string)
	}
	pair, err := from.read(ctx, log, factsOf(o.DataRecord))
	if err != nil {
		return nil, err
	}
	mean, _ := o.Normalisation()
	if f := data.FactsOf(pair.Train); mean == nil && len(f.Mean) == 1 {
		log.Infof("%s does not say how pixels were normalised: taken to be as here, with mean %v and std %v (--mean, --std)",
			o.file, f.Mean[0], f.Std[0])
	}
	other := isOtherData(ctx, o.said, pair)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if other {
		log.Warn(otherData(o.file, o.said.Data, pair) + "; --data DIR names another folder")
	}
	return pair, nil
}

// factsOf returns what a network that was trained on d knows about its samples.
func factsOf(d runs.DataRecord) *data.Facts {
	f := &data.Facts{Name: d.Name, ClassNames: d.ClassNames, Target: (*data.Target)(d.Target)}
	f.Mean, f.Std = d.Normalisation()
	for _, c := range d.Columns {
		f.Columns = append(f.Columns, data.Column(c))
	}
	return f
}

// run returns the record of the run that trained the network, or nil if the file is no longer in the run's folder.
func (o *origin) run() *runs.Record {
	if o.said.Record == nil || o.said.Data == nil {
		return nil
	}
	was, err := runs.ReadRecord(filepath.Dir(o.file))
	if err != nil || was.Data().SHA256 != o.said.Data.SHA256 {
		return nil
	}
	return was
}

// folder returns the folder of the network's data set as its run recorded it. It is "" if there is no such record, if
// the network was trained on MNIST, or if the data set is gone.
func (o *origin) folder(was *runs.Record) string {
	if was == nil {
		return ""
	}
	folder, _ := was.Notes[noteData].(string)
	if folder == "" || !source.IsName(folder) && (o.said.Data.Name == mnistName || !exists(folder)) {
		return ""
	}
	return withOptions(folder, was)
}

// isOtherData reports whether a file of weights says that its network was trained on other data than pair.
func isOtherData(ctx context.Context, file *weights.Inspection, pair *sets) bool {
	switch {
	case file.Data == nil, file.Data.SHA256 == "":
		return false
	case file.Record != nil && train.IsData(ctx, file.Record.Test, pair.Test):
		return false
	}
	return !train.IsData(ctx, *file.Data, pair.Train)
}

// otherData says that the network in a file was trained on other data than pair.
func otherData(file string, stated *runs.DataRecord, pair *sets) string {
	text := fmt.Sprintf("%s was trained on other %ss than those in %s", file, noun(pair.Train), pair.From)
	was, is := stated.Name, data.FactsOf(pair.Train).Name
	switch {
	case was == "" && is == "":
		return text
	case was == "":
		return text + fmt.Sprintf(", which are %s; the file does not name its own", is)
	case was == is:
		return text + fmt.Sprintf(", though both are called %s", is)
	}
	return text + fmt.Sprintf(": on %s, and these are %s", was, is)
}

// noteOtherData tells if a run on pair starts from the weights in init, which were trained on other data.
func noteOtherData(ctx context.Context, tell func(...any), init string, pair *sets) {
	if init == "" {
		return
	}
	file, err := weights.Inspect(init)
	if err != nil {
		return // the run reports it
	}
	if isOtherData(ctx, file, pair) && ctx.Err() == nil {
		tell(otherData(init, file.Data, pair))
	}
}
