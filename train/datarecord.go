package train

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"slices"

	"anneal/data"
	"anneal/runs"
)

// recordData describes d for config.json and for files of weights. tell, unless it is nil, hears how many samples have
// been read.
func recordData(ctx context.Context, d data.Dataset, tell func(done int) error) (runs.DataRecord, error) {
	facts := data.FactsOf(d)
	sum, err := hashData(ctx, d, tell)
	record := runs.DataRecord{
		Samples: d.Len(), Shape: d.Shape(), Classes: d.Classes(), SHA256: sum,
		XShape: xShape(d), Fields: recordFields(d),
		Name: facts.Name, ClassNames: facts.ClassNames, Background: facts.Background, Preprocess: runs.PreprocessNone,
	}
	switch {
	case facts.Digits:
		record.Preprocess = runs.PreprocessDigit
	case facts.Crop:
		record.Preprocess = runs.PreprocessCrop
	}
	for _, c := range facts.Columns {
		record.Columns = append(record.Columns, runs.ColumnRecord(c))
	}
	if facts.Target != nil {
		record.Target = (*runs.TargetRecord)(facts.Target)
	}
	if n, ok := d.(interface {
		Mean() float64
		Std() float64
	}); ok && facts.Mean == nil {
		facts.Mean, facts.Std = []float64{n.Mean()}, []float64{n.Std()}
	}
	record.SetNormalisation(facts.Mean, facts.Std)
	return record, err
}

// xShape returns the shape in which a network takes d's samples, or nil if it is C, H, W.
func xShape(d data.Dataset) []int {
	x, shape := data.XShapeOf(d), d.Shape()
	if slices.Equal(x, shape[:]) {
		return nil
	}
	return x
}

// recordFields describes d's fields.
func recordFields(d data.Dataset) (list []runs.FieldRecord) {
	for _, f := range data.FieldsOf(d) {
		list = append(list, runs.FieldRecord(f))
	}
	return list
}

// hashData returns the SHA-256 of d's samples, labels and fields. It ends with ctx's error when ctx is done. tell,
// unless it is nil, hears after each batch how many samples have been read; its error ends the reading.
func hashData(ctx context.Context, d data.Dataset, tell func(done int) error) (string, error) {
	loader, err := data.NewLoader(d, data.Options{Batch: 64})
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	var sample []byte
	done := 0
	for b, err := range loader.Epoch(ctx, 0, 0) {
		if err != nil {
			return "", err
		}
		if done += len(b.Labels); tell != nil {
			if err := tell(done); err != nil {
				return "", err
			}
		}
		for i, label := range b.Labels {
			sample = appendFloats(sample[:0], part(b.X, i, len(b.Labels)))
			sample = binary.LittleEndian.AppendUint32(sample, uint32(label))
			for _, f := range b.Fields {
				sample = appendFloats(sample, part(f.Floats, i, len(b.Labels)))
				for _, v := range part(f.Ints, i, len(b.Labels)) {
					sample = binary.LittleEndian.AppendUint32(sample, uint32(v))
				}
			}
			sum.Write(sample)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), ctx.Err()
}

func appendFloats(b []byte, x []float32) []byte {
	for _, v := range x {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

// part returns what sample i has of a batch of n.
func part[T any](batch []T, i, n int) []T {
	size := len(batch) / n
	return batch[i*size : (i+1)*size]
}

// IsData reports whether set, or the beginning of it, is the data that d is about. Data that cannot be read is not, and
// neither is any once ctx is done.
func IsData(ctx context.Context, d runs.DataRecord, set data.Dataset) bool {
	if d.Samples > set.Len() || d.Shape != set.Shape() {
		return false
	}
	beginning, err := data.Limit(set, d.Samples)
	if err != nil {
		return false
	}
	sum, err := hashData(ctx, beginning, nil)
	return err == nil && sum == d.SHA256
}

// checkFacts returns an error if the facts that a data set states contradict its samples. d may be nil.
func checkFacts(which string, d data.Dataset) error {
	if d == nil {
		return nil
	}
	f, shape := data.FactsOf(d), d.Shape()
	if n := len(f.Mean); n != len(f.Std) || n > 1 && n != shape[0] {
		return fmt.Errorf("train: facts of the %s samples: got %d means and %d standard deviations, want one of each, "+
			"or one per channel of %v", which, n, len(f.Std), shape)
	}
	for i, mean := range f.Mean {
		if std := f.Std[i]; math.IsNaN(mean) || math.IsInf(mean, 0) || !(std > 0) || math.IsInf(std, 0) {
			return fmt.Errorf("train: facts of the %s samples: got mean %v and standard deviation %v, want finite numbers, "+
				"and a deviation above 0", which, mean, std)
		}
	}
	if n := len(f.ClassNames); n > 0 && n < d.Classes() {
		return fmt.Errorf("train: facts of the %s samples: got the names of %d classes, want %d, one per class",
			which, n, d.Classes())
	}
	if !(f.Background >= 0 && f.Background <= 1) {
		return fmt.Errorf("train: facts of the %s samples: got background %v, want a pixel from 0 to 1", which, f.Background)
	}
	return nil
}

// keepData keeps what the record of a resumed run says about its data, as long as the samples are the same: their
// folder may have another name now.
func keepData(is, was *runs.Record) {
	for _, d := range []struct{ is, was *runs.DataRecord }{
		{&is.Train, &was.Train}, {&is.Test, &was.Test}, {is.Validation, was.Validation},
	} {
		if d.is != nil && d.was != nil && d.is.SHA256 == d.was.SHA256 && d.was.Preprocess != "" {
			*d.is = *d.was
		}
	}
}
