package graph

import (
	"io"
	"log"
	"os"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"anneal/internal/longtest"
)

// refusedBy reports whether err is Compile's refusal of a stock op, which says what to use instead.
func refusedBy(err error) bool {
	return err != nil && strings.Contains(err.Error(), ": use ") && (strings.HasPrefix(err.Error(), "graph: gorgonia.") ||
		strings.HasPrefix(err.Error(), "graph: differentiate: the gradient of an op behind gorgonia's "))
}

// drawing reports whether err is Gorgonia's own while the model draws itself, before Compile sees the op.
func drawing(err error) bool {
	text := err.Error()
	return strings.Contains(text, " calls: panic: ") || strings.Contains(text, "Failed to infer shape") ||
		strings.Contains(text, "want every size at least 1")
}

// Every op that Gorgonia has for tensors of floats, and every layer of ours, alone: on a layer's result, on the input
// and on a parameter, with a second user of its input and without.
func TestStockOps(t *testing.T) {
	log.SetOutput(io.Discard) // GroupNorm prints its gradients
	defer log.SetOutput(os.Stderr)
	for _, op := range trials() {
		for _, shape := range slices.Concat(chainShapes[2], chainShapes[3], chainShapes[4]) {
			if !op.takes(len(shape)) {
				continue
			}
			for at, from := range []source{onLayer, onInput, onParam} {
				for _, join := range []bool{true, false} {
					c := chain{from: from, in: shape, ops: []trial{op}, join: join}
					usual := shape.Eq(chainShapes[len(shape)][0])
					if !longtest.Full() && (usual != join || !usual && from != onLayer) {
						continue
					}
					for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
						if !longtest.Full() && !usual && dtype == tensor.Float32 {
							continue
						}
						unfit, err := c.check(dtype, uint64(at), false)
						if err != nil && !unfit && !refusedBy(err) && !drawing(err) && !c.cut(err) {
							t.Errorf("%v, %v: %v", c, dtype, err)
						}
					}
				}
			}
		}
	}
}

// cut reports whether err says that no gradient reaches a parameter, behind an op whose derivative is 0.
func (c chain) cut(err error) bool {
	for _, op := range c.ops {
		switch op.op {
		case "Ceil", "Floor", "Sign":
			return strings.Contains(err.Error(), "no gradient reaches parameter")
		}
	}
	return false
}

// Every pair of ops, one behind the other, directly and with Gorgonia's Reshape between them.
func TestStockPairs(t *testing.T) {
	log.SetOutput(io.Discard)
	defer log.SetOutput(os.Stderr)
	var good []trial
	for _, op := range trials() {
		c := chain{in: chainShapes[2][0], ops: []trial{op}, join: true}
		if !op.takes(2) {
			c.in = chainShapes[4][0]
		}
		if unfit, err := c.check(tensor.Float64, 1, false); !op.alone && (err == nil || unfit) {
			good = append(good, op)
		}
	}
	count, skipped := 0, 0
	for i, first := range good {
		for j, second := range good {
			if !longtest.Full() && (i*31+j*17)%37 != 0 {
				continue
			}
			for _, c := range pairs(first, second) {
				c.join = (i+j)%2 == 0
				unfit, err := c.check(tensor.Float64, 1, false)
				unfit = unfit || err != nil && drawing(err)
				for seed := uint64(2); err != nil && !unfit && seed < 4; seed++ { // a kink may be near
					unfit, err = c.check(tensor.Float64, seed, false)
				}
				if ours := c.ops[0].op[0] == 'b' || c.ops[len(c.ops)-1].op[0] == 'b'; err == nil && ours {
					_, err = c.check(tensor.Float64, 1, true)
				}
				switch {
				case unfit:
					skipped++
				case err != nil && !refusedBy(err) && !c.cut(err):
					t.Errorf("%v: %v", c, err)
					fallthrough
				default:
					count++
				}
			}
		}
	}
	t.Logf("%d pairs of %d ops checked, %d do not fit each other", count, len(good), skipped)
}
