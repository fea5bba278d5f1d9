package graph

// ONNX is an ONNX file that is being written; deploy/export makes it. Op.ONNX writes an op's nodes and constants to it.
// Values have names. The batch size of a file is open: axis 0 of an op's inputs and result has any size there, unless
// the model lays it out otherwise.
type ONNX interface {
	// Node adds a node that runs an ONNX operator on values and returns the name of its result. "" in in stands for an
	// optional input that is left out.
	Node(operator string, in []string, attributes ...Attribute) string
	// Nodes does so for an operator of several results. It returns their names.
	Nodes(operator string, results int, in []string, attributes ...Attribute) []string
	// Floats adds a constant tensor of this shape and returns its name.
	Floats(shape []int, values []float32) string
	// Tensor adds one that gets this name, unless that is taken, as a parameter that an ONNX operator needs and PyTorch
	// leaves out.
	Tensor(name string, shape []int, values []float32) string
	// Ints adds a constant list of integers, in int64, and returns its name.
	Ints(values ...int) string
	// Values returns the numbers and the shape of a parameter or constant, and whether name is one.
	Values(name string) (values []float32, shape []int, ok bool)
	// Shape returns the shape of the op's result, with −1 for the size that depends on the batch size. It is an error
	// if several do.
	Shape() ([]int, error)
}

// Attribute is a setting of an ONNX node.
type Attribute struct {
	Name  string
	Value any // an int, a float32, a string, an []int, a []float32 or a []string
}

// Operator returns the Op.ONNX of an op that is one node on all its inputs.
func Operator(operator string, attributes ...Attribute) func(to ONNX, in []string) (string, error) {
	return func(to ONNX, in []string) (string, error) { return to.Node(operator, in, attributes...), nil }
}
