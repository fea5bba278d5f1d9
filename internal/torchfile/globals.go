package torchfile

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The functions that are known. They make dicts and tensors.
const (
	orderedDict               global = "collections.OrderedDict"
	defaultDict               global = "collections.defaultdict"
	countDict                 global = "collections.Counter"
	size                      global = "torch.Size"
	rebuildTensor             global = "torch._utils._rebuild_tensor_v2"
	rebuildTyped              global = "torch._utils._rebuild_tensor_v3"
	rebuildEarly              global = "torch._utils._rebuild_tensor" // before PyTorch 0.4
	rebuildParameter          global = "torch._utils._rebuild_parameter"
	rebuildParameterWithState global = "torch._utils._rebuild_parameter_with_state"
	rebuildFrom               global = "torch._tensor._rebuild_from_type_v2" // a tensor with Python attributes
)

var functions = []global{
	orderedDict, defaultDict, countDict, size, rebuildTensor, rebuildTyped, rebuildEarly, rebuildParameter,
	rebuildParameterWithState, rebuildFrom,
}

// harmful lists modules and functions that run commands or code. Nothing here would call them. A file that names one is
// there to harm whoever loads it elsewhere.
var harmful = []string{
	"os", "posix", "nt", "subprocess", "sys", "importlib", "runpy", "pty", "shutil", "socket", "ctypes", "commands",
	"webbrowser", "code", "pdb", "timeit", "builtins.eval", "builtins.exec", "builtins.compile", "builtins.open",
	"builtins.__import__", "builtins.breakpoint", "builtins.input", "builtins.execfile",
}

// global pushes a name of Python: one that is known, or a foreign one.
func (m *machine) global(op byte) error {
	var module, name string
	if op == opGlobal4 {
		names, err := m.popN(2)
		if err == nil {
			err = tuple(names).scan(&module, &name)
		}
		if err != nil {
			return err
		}
	} else {
		lines := bytes.SplitN(m.in[m.at:], []byte("\n"), 3)
		if len(lines) < 3 {
			return errors.New("want two lines, module and name")
		}
		m.at += len(lines[0]) + len(lines[1]) + 2
		module, name = string(lines[0]), string(lines[1])
	}
	if module == "__builtin__" { // Python 2's
		module = "builtins"
	}
	full := module + "." + name
	if slices.Contains(functions, global(full)) || known(global(full)) {
		m.push(global(full))
		return nil
	}
	f := &foreign{name: full, at: m.begin, op: op}
	if root, _, _ := strings.Cut(module, "."); slices.Contains(harmful, root) || slices.Contains(harmful, full) {
		return fmt.Errorf("%.80q is refused, it runs commands or code: do not load this file elsewhere", full)
	}
	m.push(f)
	return nil
}

// persistent pushes the storage that an id names.
func (m *machine) persistent() error {
	id, err := pop[tuple](m)
	if err != nil {
		return err
	}
	s, err := m.load(id)
	m.push(s)
	return err
}

// call calls a known function, or makes an object of a known type. What a foreign one would make is foreign, too.
func (m *machine) call(op byte) error {
	n := 2
	if op == opNewObjEx {
		n = 3 // the last has keywords
	}
	values, err := m.popN(n)
	if err != nil {
		return err
	}
	args, err := as[tuple](values[1])
	if err != nil {
		return err
	}
	if f, ok := values[0].(*foreign); ok {
		m.push(&foreign{name: f.name, at: f.at, op: f.op})
		return nil
	}
	f, err := as[global](values[0])
	if err != nil {
		return err
	}
	if !slices.Contains(functions, f) {
		return fmt.Errorf("%s is not a function", f)
	}
	result, err := apply(f, args)
	if err != nil {
		return fmt.Errorf("%s: %w", f, err)
	}
	m.push(result)
	return nil
}

// apply calls one of the functions that are known. Of something foreign, such as a storage of complex numbers, they
// make something foreign.
func apply(f global, args tuple) (any, error) {
	if f == rebuildFrom { // with a function, the tensor's type, arguments and attributes
		var of any
		var inner tuple
		if err := args.scan(&of, new(any), &inner, new(any)); err != nil {
			return nil, err
		}
		if known, ok := of.(global); ok && slices.Contains(functions, known) && known != rebuildFrom {
			return apply(known, inner)
		}
		return as[*foreign](of)
	}
	for _, a := range args {
		if unread, ok := a.(*foreign); ok && f != defaultDict {
			return unread, nil
		}
	}
	switch f {
	case orderedDict:
		return newDict(args)
	case defaultDict:
		return &dict{}, nil
	case countDict:
		if len(args) == 0 {
			return &dict{}, nil
		}
		return as[*dict](args[0])
	case size:
		var t tuple
		err := args.scan(&t)
		return t, err
	case rebuildParameter, rebuildParameterWithState: // of a tensor, whether it needs a gradient, hooks and attributes
		if len(args) == 0 {
			return nil, args.scan(new(*view))
		}
		return as[*view](args[0])
	default: // rebuildTensor, rebuildTyped, rebuildEarly
		return rebuild(f, args)
	}
}

// newDict returns an OrderedDict. Python 2 gives it its pairs in a list.
func newDict(args tuple) (*dict, error) {
	d := &dict{}
	if len(args) == 1 {
		if l, ok := args[0].(*sequence); ok {
			for _, pair := range l.items {
				p, err := as[*sequence](pair)
				if err == nil && len(p.items) != 2 {
					err = fmt.Errorf("a pair of %d values", len(p.items))
				}
				if err == nil {
					err = d.set(p.items)
				}
				if err != nil {
					return nil, err
				}
			}
			return d, nil
		}
	}
	return d, args.scan()
}

// build drops an object's attributes. A state dict has one, _metadata, which is kept.
func (m *machine) build() error {
	attributes, err := m.popN(1)
	if err != nil {
		return err
	}
	switch top := m.top().(type) {
	case *foreign, *view:
	case *dict:
		if _, ok := attributes[0].(*dict); !ok {
			return fmt.Errorf("got %s, want a dict", describe(attributes[0]))
		}
		top.attributes = attributes[0].(*dict)
	default:
		d, err := pop[*dict](m)
		m.push(d)
		return err
	}
	return nil
}
