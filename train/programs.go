package train

import (
	"fmt"

	"gorgonia.org/tensor"

	"anneal/data"
	"anneal/graph"
	"anneal/internal/plural"
)

// feed is a data set in batches with the programs that run them: one for full batches and, if the last one of an epoch is
// smaller, one for that. Both are compiled before the first batch, so a model that cannot run one of them fails at once.
type feed struct {
	loader   *data.Loader
	programs map[int]*program // by batch size
}

// newFeed compiles model, as how says, for every size of batch that set comes in.
func newFeed(model graph.Model, params *graph.Params, how graph.Config, set data.Dataset, o data.Options) (*feed, error) {
	loader, err := data.NewLoader(set, o)
	if err != nil {
		return nil, err
	}
	f := &feed{loader, make(map[int]*program)}
	n := set.Len()
	for i, size := range []int{min(o.Batch, n), n % o.Batch} {
		if size == 0 || f.programs[size] != nil {
			continue
		}
		f.programs[size], err = compile(model, params, how, set, size)
		switch {
		case err != nil && i == 0:
			return nil, err
		case err != nil:
			return nil, fmt.Errorf("%w (the %s at %d a batch come in batches of %s)", err, plural.Of(n, "sample"), o.Batch, sizes(n, o.Batch))
		}
	}
	return f, nil
}

// sizes names the sizes of the batches that n samples make.
func sizes(n, batch int) string {
	switch last := n % batch; {
	case last == 0:
		return fmt.Sprint(batch)
	case n < batch:
		return fmt.Sprint(n)
	default:
		return fmt.Sprintf("%d and a last one of %d", batch, last)
	}
}

// program is a compiled program with the tensor it reads its batches from.
type program struct {
	*graph.Program
	x *tensor.Dense
}

func compile(model graph.Model, params *graph.Params, how graph.Config, set data.Dataset, batch int) (*program, error) {
	sample := set.Shape()
	how.Shape = tensor.Shape{batch, sample[0], sample[1], sample[2]}
	classes := 0
	draw := func(b *graph.Builder, x *graph.Node) *graph.Node {
		logits := model(b, x)
		if logits != nil && logits.Dims() == 2 {
			classes = logits.Shape()[1]
		}
		return logits
	}
	p, err := graph.Compile(draw, params, how)
	if err != nil {
		return nil, fmt.Errorf("train: the model on a batch of shape %v: %w", []int(how.Shape), err)
	}
	if classes < set.Classes() {
		return nil, fmt.Errorf("train: the data has %s and the model tells %d apart: want at least as many logits as classes", plural.Of(set.Classes(), "class"), classes)
	}
	return &program{p, tensor.New(tensor.Of(params.Dtype()), tensor.WithShape(how.Shape...))}, nil
}

// run runs the program that fits b, and returns it.
func (f *feed) run(b data.Batch, step int) (*program, error) {
	p := f.programs[len(b.Labels)]
	switch x := p.x.Data().(type) {
	case []float32:
		copy(x, b.X)
	case []float64:
		for i, v := range b.X {
			x[i] = float64(v)
		}
	}
	p.SetStep(uint64(step))
	return p, p.Run(p.x, b.Labels)
}
