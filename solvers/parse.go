package solvers

import (
	"cmp"
	"fmt"
	"reflect"

	"anneal/internal/spec"
)

// registry lists the algorithms that have a spec.
var registry = spec.Registry[Algorithm]{What: "solver", Ignored: ignored, Hints: hints, Entries: entries}

var entries = []spec.Entry[Algorithm]{
	entry[SGD]("SGD"),
	entry[Adagrad]("Adagrad"),
	entry[RMSprop]("RMSprop"),
	entry[Adam]("Adam"),
	entry[AdamW]("AdamW"),
	entry[NAdam]("NAdam"),
	entry[RAdam]("RAdam"),
	entry[Adamax]("Adamax"),
	entry[Adadelta]("Adadelta"),
	entry[Lion]("Lion"),
	entry[LAMB]("LAMB"),
	entry[LARS]("LARS"),
	entry[Muon]("Muon"),
	entry[Adafactor]("Adafactor"),
	entry[ASGD]("ASGD"),
	entry[Rprop]("Rprop"),
	{Name: "LBFGS", Refused: "evaluates the loss several times per step, on the same samples; a step here has one " +
		"gradient. Adam, or SGD with momentum, is the solver for batches"},
	{Name: "SparseAdam", Refused: "is for sparse gradients, as of embeddings; gradients are dense here: use Adam"},
}

// Signatures lists all solvers that Parse reads, with the keys and defaults of their settings, such as SGD(lr=0.001,
// momentum=0.0).
func Signatures() []string { return registry.Signatures() }

// ignored reports whether an argument that PyTorch's lines may have changes nothing that a solver computes.
func ignored(a spec.Arg) bool {
	switch a.Key {
	case "foreach", "fused", "capturable", "differentiable":
		return a.Value.Kind == spec.Bool || a.Value.Kind == spec.None
	}
	return false
}

// hints says which settings have another name elsewhere.
var hints = map[string]string{
	"learning_rate": "Keras's learning_rate is lr",
	"beta_1":        "Keras's beta_1 and beta_2 are betas=(beta_1, beta_2)",
	"beta_2":        "Keras's beta_1 and beta_2 are betas=(beta_1, beta_2)",
	"epsilon":       "Keras's epsilon is eps",
	"trust_coeff":   "trust_coeff is trust_coefficient",
	"clamp_value":   "clamp_value=10 is norm_bounds=(0, 10)",
	"always_adapt":  "always_adapt=False is decayed_only=True",
}

// declared is a pointer to an A, which declares A's settings.
type declared[A Algorithm] interface {
	*A
	settings() []spec.Setting
}

func entry[A Algorithm, P declared[A]](name string) spec.Entry[Algorithm] {
	return spec.Entry[Algorithm]{Name: name, New: func() ([]spec.Setting, func() Algorithm) {
		a := new(A)
		return P(a).settings(), func() Algorithm { return *a }
	}}
}

// Parse reads a spec such as "SGD(lr=0.1, momentum=0.9)", "Adam" or "optim.RMSprop(net.parameters(), 0.01)": the names,
// keys, order and defaults are PyTorch's, the names also in lower case. The error says what is wrong, in which column,
// and what is allowed.
func Parse(text string) (Algorithm, error) { return registry.Parse(text) }

// Default returns an algorithm with all its defaults:
//
//	a := solvers.Default[solvers.Adam]()
//	a.AMSGrad = true
func Default[A Algorithm, P declared[A]]() A {
	var a A
	spec.Reset(P(&a).settings()...)
	return a
}

// validate returns an error if one of A's settings is out of range, or if they are forgotten: a Go literal left the
// settings that zeros names at zero, with which a step divides by 0 or moves nothing. An lr or eps of 0 is one that a
// spec states.
func validate[A Algorithm](settings []spec.Setting, forgotten bool, zeros string) error {
	name := reflect.TypeFor[A]().Name()
	var left error
	for _, s := range settings {
		err := spec.Validate(name, s)
		if err != nil && !spec.LeftOut(s) {
			return err
		}
		left = cmp.Or(left, err)
	}
	if left == nil && forgotten {
		left = fmt.Errorf("%s: %s: want one of them above 0", name, zeros)
	}
	if left == nil {
		return nil
	}
	return fmt.Errorf("%w; in Go, solvers.Default[solvers.%s]() has the defaults", left, name)
}
