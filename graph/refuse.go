package graph

import (
	"fmt"
	"hash/fnv"
	"reflect"
	"slices"
	"strings"

	"gorgonia.org/gorgonia"
)

// refusal says why a model may not contain a stock op, and what to use instead.
type refusal struct{ name, why, instead string }

// refusals lists the stock ops that no model may contain, by the Go type of the op, or by the op's name where many ops
// have one type. docs/stock-ops.md lists the others.
var refusals = map[string]refusal{
	"dropoutOp": {"Dropout", "it drops in evaluation too, and its gradient is scaled wrongly", "Builder.Dropout"},
	"BatchNormOp": {
		"BatchNorm", "it normalises by the batch in evaluation too, and its running statistics are lost", "Builder.BatchNorm",
	},
	"globalAveragePoolOp": {"GlobalAveragePool2D", "its gradient panics", "Builder.GlobalAvgPool2D"},
	"avgPoolOp": {
		"AveragePool2D", "it does not divide by the window's size", "Builder.AvgPool2D with Kernel and Strides",
	},
	"invSqrt":    {"InverseSqrt", "its gradient is wrong", "gorgonia.Inverse of gorgonia.Sqrt"},
	"log2":       {"Log2", "its gradient is wrong", "gorgonia.Log times 1.4426950408889634"},
	"atOp":       {"At", "it cuts the gradient off", "Builder.Slice and Builder.Reshape"},
	"diagFlatOp": {"DiagFlat", "its gradient panics", "BroadcastHadamardProd with a matrix of ones on its diagonal"},
	"dtConvOp":   {"ConvType", "it fails when it runs", "the parameters' type throughout"},
	"ctcLossOp":  {"CTCLoss", "Compile draws the loss", "the model's logits as its result"},
	"yoloOp":     {"YOLOv3", "its gradient panics", "layers that end in logits"},
	"GroupNormOp": {
		"GroupNorm", "its gradient is wrong, and prints itself", "Builder.Reshape, and gorgonia's Mean, Sub, Square and Div",
	},
	"maxOp": {
		"Max", "where several numbers are the largest, each gets the whole gradient",
		"Builder.Max, or Builder.LogSoftMax in place of LogSumExp",
	},
	"sparsemaxOp": {"Sparsemax", "its result jumps, and its gradient is wrong along most axes", "Builder.SoftMax"},
	"randomOp":    {"a random node", "its numbers depend on the clock", "Builder.Dropout"},
}

// admit returns an error for the first stock op that the model's result, end, depends on and that a model may not
// contain.
func (b *Builder) admit(x, end *Node) error {
	users := map[*Node]int{end: 1} // the loss
	nodes := upstream(end)
	known := b.paramOf()
	for _, n := range nodes {
		for _, c := range children(n) {
			users[c]++
		}
	}
	for _, n := range nodes {
		switch {
		case n.Op() == nil:
			if n != x && known[n] == nil && strings.HasPrefix(n.Name(), "%!") {
				return fmt.Errorf("graph: the model has an input of its own, of shape %v, that has no name, and Gorgonia "+
					"takes two such inputs for each other: name it with gorgonia.WithName", n.Shape())
			}
		case !intact(n):
			return fmt.Errorf("graph: the op %q takes a node that a function of Gorgonia has rewritten, as Log does with "+
				"1 + x: give that function Builder.Reshape of the node", n.Op())
		case ofGorgonia(n.Op()):
			if r, ok := refused(n, users[n]); ok {
				return fmt.Errorf("graph: gorgonia.%s: %s: use %s", r.name, r.why, r.instead)
			}
		}
	}
	return nil
}

// intact reports whether n is as it was drawn: its op, and all that it takes.
func intact(n *Node) bool {
	h := fnv.New32a()
	n.WriteHash(h)
	return h.Sum32() == n.Hashcode()
}

// refused returns why a model may not contain n, a stock op whose result users nodes take, and whether that is so.
func refused(n *Node, users int) (refusal, bool) {
	kind := kindOf(n)
	if r, ok := refusals[kind]; ok {
		return r, true
	}
	switch takes := children(n); {
	case kind == "softmaxOp" && n.Dims() == 2 && n.Shape()[1] == 1:
		return refusal{"SoftMax", "on a matrix of one column its gradient is wrong", "Builder.SoftMax"}, true
	case kind == "byIndicesOp" && field(n, "axis").Int() != 0:
		return refusal{"ByIndices", "its gradient is right along axis 0 only", "Builder.Transpose around it"}, true
	case kind == "tensordotOp" && (slices.Min(takes[0].Shape()) == 1 || slices.Min(takes[1].Shape()) == 1):
		return refusal{"Tensordot", "it fails where an axis has size 1", "Builder.Reshape and gorgonia.Mul"}, true
	case kind == "sumOp" && n.Dims() > 0 && n.Dims()+1 < takes[0].Dims() &&
		slices.Min(takes[0].Shape()) == 1:
		return refusal{
			"Sum or Mean", "along several axes of a tensor that has an axis of size 1 its gradient is wrong",
			"it along one axis after the other, the last one first",
		}, true
	case kind == "softmaxOp" && users > 1:
		return refusal{
			"SoftMax", "two ops take it, and Gorgonia takes SoftMax, LogSoftMax and Log of SoftMax for one op",
			"Builder.SoftMax and Builder.LogSoftMax",
		}, true
	case kind == "maxPoolOp" && field(n, "explicitPadding").Bool():
		return refusal{"MaxPool2D", "with four paddings it is wrong", "Builder.MaxPool2D"}, true
	case kind == "maxPoolOp" && field(n, "h").Int() == 1:
		return refusal{
			"MaxPool1D and AveragePool1D", "both draw the maximum", "Builder.MaxPool2D or Builder.AvgPool2D with Kernel(1, n)",
		}, true
	case kind == "linAlgBinOp" && strings.Contains(n.Op().String(), "⊗"):
		return refusal{"OuterProd", "its gradient fails", "Builder.Reshape to [n, 1] and [1, m], and gorgonia.Mul"}, true
	case kind == "sliceOp":
		if axis := strings.Count(n.Op().String(), ":, "); takes[0].Shape()[axis] > 255 {
			return refusal{
				"Slice", fmt.Sprintf("axis %d has %d places, and Gorgonia takes slices that are 256 apart for each other",
					axis, takes[0].Shape()[axis]), "Builder.Slice",
			}, true
		}
	}
	return refusal{}, false
}

// field returns a field of the struct that n's op points to.
func field(n *Node, name string) reflect.Value {
	return reflect.ValueOf(n.Op()).Elem().FieldByName(name)
}

// kindOf returns the Go type of n's op, or the name of an op of one number.
func kindOf(n *Node) string {
	switch kind := goType(n.Op()).Name(); kind {
	case "elemUnaryOp":
		return n.Op().String()
	default:
		return kind
	}
}

// uncut returns the nodes from which a gradient reaches end, and by their nodes the ops that cut it off.
func uncut(end *Node) (reached map[*Node]bool, cuts map[*Node]string) {
	reached, cuts = map[*Node]bool{end: true}, make(map[*Node]string)
	nodes := upstream(end)
	for i := len(nodes) - 1; i >= 0; i-- {
		n := nodes[i]
		takes := children(n)
		wrt := make([]bool, len(takes))
		if o, ok := n.Op().(gorgonia.SDOp); ok && len(takes) > 0 {
			wrt = o.DiffWRT(len(takes))
		}
		for at, c := range takes {
			switch {
			case reached[n] && wrt[at]:
				reached[c] = true
			case reached[n]:
				cuts[c] = n.Op().String()
			case cuts[n] != "":
				cuts[c] = cuts[n]
			}
		}
	}
	return reached, cuts
}
