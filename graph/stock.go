package graph

import (
	"fmt"
	"hash"
	"reflect"
	"slices"

	"github.com/chewxy/hm"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/internal/kernels"
)

// stock runs a stock op and never lets it write into memory that is not its own.
//
// Gorgonia's machine lets an op write over the value of a node that no later op takes. It does not know that another
// node may share that value's memory, as the result of Reshape does. A stock op names no input that it overwrites, so
// the machine always calls Do, and what Do returns stays as it is until the next run.
type stock struct {
	op      gorgonia.Op
	name    string // in messages
	shape   tensor.Shape
	in      []hm.Type
	out     hm.Type
	id      uint32
	into    intoFunc      // nil if the op makes a new value on each run
	result  *tensor.Dense // what into writes
	private []bool        // inputs of which the op gets a copy, since it says that it overwrites them
	indexed bool          // the second input has indexes of the first
}

// intoFunc runs a stock op and writes its result into out, if it can.
type intoFunc func(out *tensor.Dense, in []gorgonia.Value) (gorgonia.Value, error)

// newStock returns the op that stands for n's stock op.
func newStock(b *Builder, n *Node) *stock {
	s := &stock{op: n.Op(), name: n.Op().String(), shape: n.Shape().Clone(), out: n.Type()}
	s.indexed = ofGorgonia(s.op) && goType(s.op).Name() == "byIndicesOp"
	takes := children(n)
	for _, c := range takes {
		s.in = append(s.in, c.Type())
	}
	if modal, ok := s.op.(gorgonia.TrainModeOp); ok {
		if err := modal.SetTraining(b.mode == Train); err != nil {
			b.Fail(fmt.Errorf("graph: %s: %w", s.name, err))
		}
	}
	if at := s.op.OverwritesInput(); at >= 0 && at < len(takes) && !ofGorgonia(s.op) {
		s.private = make([]bool, len(takes))
		s.private[at] = true
	}
	if _, isTensor := n.Type().(gorgonia.TensorType); !isTensor || n.Dtype() != b.params.dtype {
		return s
	}
	switch s.into = intoOf(s.op); {
	case s.into == nil:
	case n.Dtype() == tensor.Float32:
		s.result = newDense[float32](s.shape).(*tensor.Dense)
	default:
		s.result = newDense[float64](s.shape).(*tensor.Dense)
	}
	return s
}

// intoOf returns the function that runs op without allocating its result, or nil if op has none that is known to be
// right.
func intoOf(op gorgonia.Op) intoFunc {
	if !ofGorgonia(op) {
		return nil
	}
	switch goType(op).Name() {
	case "elemBinOp":
		into := op.(gorgonia.UsePreallocDoer)
		return func(out *tensor.Dense, in []gorgonia.Value) (gorgonia.Value, error) {
			return into.UsePreallocDo(out, in...)
		}
	case "linAlgBinOp", "repeatOp":
		into := op.(gorgonia.UsePreallocDoer)
		return func(out *tensor.Dense, in []gorgonia.Value) (gorgonia.Value, error) {
			out.Zero()
			return into.UsePreallocDo(out, in...)
		}
	case "elemUnaryOp":
		over := op.(gorgonia.UnsafeDoer)
		return func(out *tensor.Dense, in []gorgonia.Value) (gorgonia.Value, error) {
			if err := tensor.Copy(out, dense(in[0])); err != nil {
				return nil, err
			}
			return over.UnsafeDo(out)
		}
	}
	return nil
}

// Do runs the op. It returns a panic of the op as an error, because the machine calls Do on a goroutine of its own.
func (s *stock) Do(in ...gorgonia.Value) (v gorgonia.Value, err error) {
	defer func() {
		if r := recover(); r != nil {
			v, err = nil, fmt.Errorf("%s: panic: %v", s.name, r)
		}
	}()
	for i, private := range s.private {
		if private {
			if in[i], err = gorgonia.CloneValue(in[i]); err != nil {
				return nil, fmt.Errorf("%s: %w", s.name, err)
			}
		}
	}
	if err := s.checkIndexes(in); err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	if s.into != nil {
		v, err = s.into(s.result, in)
	}
	if s.into == nil || err != nil {
		v, err = s.op.Do(in...)
	}
	if err == nil {
		v, err = s.asDrawn(v)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	return v, nil
}

// checkIndexes returns an error for an index that the input of ByIndices does not have. Gorgonia takes another row.
func (s *stock) checkIndexes(in []gorgonia.Value) error {
	if !s.indexed {
		return nil
	}
	rows := in[0].Shape()[0]
	indexes, _ := in[1].Data().([]int)
	for _, i := range indexes {
		if i < 0 || i >= rows {
			return fmt.Errorf("index %d: want 0 to %d", i, rows-1)
		}
	}
	return nil
}

// asDrawn returns v with the shape of the node that the model drew, in row-major order. Some ops return a number in
// place of a tensor of one number, or leave out an axis of size 1.
func (s *stock) asDrawn(v gorgonia.Value) (gorgonia.Value, error) {
	if v == nil || v.Shape().TotalSize() != s.shape.TotalSize() {
		return nil, fmt.Errorf("its result is %v, want one of shape %v", v, s.shape)
	}
	d, isTensor := v.(*tensor.Dense)
	if _, wanted := s.out.(gorgonia.TensorType); wanted != isTensor {
		switch v.Dtype() {
		case tensor.Float32:
			return oneNumber[float32](v, s.shape)
		case tensor.Float64:
			return oneNumber[float64](v, s.shape)
		}
		return v, nil
	}
	if !isTensor {
		return v, nil
	}
	if d.RequiresIterator() || d.DataOrder().IsColMajor() {
		d = d.Materialize().(*tensor.Dense)
	}
	if slices.Equal(d.Shape(), s.shape) {
		return d, nil
	}
	d = d.ShallowClone()
	return d, d.Reshape(s.shape.Clone()...)
}

// oneNumber returns the number in v as a tensor of this shape, or as a scalar if shape is one.
func oneNumber[T kernels.Float](v gorgonia.Value, shape tensor.Shape) (gorgonia.Value, error) {
	x, err := scalar(v)
	out := newDense[T](shape)
	if d, ok := out.(*tensor.Dense); ok {
		Floats[T](d)[0] = T(x)
	} else {
		setScalar(out, x)
	}
	return out, err
}

// Type returns the op's type, arguments → result, as the model drew it. It makes it anew on each call, because Gorgonia
// takes it apart and reuses it.
func (s *stock) Type() hm.Type {
	types := make([]hm.Type, 0, len(s.in)+1)
	return hm.NewFnType(append(append(types, s.in...), s.out)...)
}

// InferShape returns the shape of the node that the model drew.
func (s *stock) InferShape(...gorgonia.DimSizer) (tensor.Shape, error) { return s.shape.Clone(), nil }

func (s *stock) Arity() int            { return len(s.in) }
func (s *stock) ReturnsPtr() bool      { return true }
func (s *stock) CallsExtern() bool     { return false }
func (s *stock) OverwritesInput() int  { return -1 }
func (s *stock) String() string        { return s.op.String() }
func (s *stock) WriteHash(h hash.Hash) { fmt.Fprintf(h, "stock %d", s.id) }
func (s *stock) Hashcode() uint32      { return hashcode(s) }

// ofGorgonia reports whether op is Gorgonia's own and not of another package.
func ofGorgonia(op gorgonia.Op) bool { return isGorgonias(goType(op).PkgPath()) }

// goType returns the Go type of op, or the type that op points to.
func goType(op gorgonia.Op) reflect.Type {
	t := reflect.TypeOf(op)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}
