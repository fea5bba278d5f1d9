package torchfile

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"anneal/internal/safetensors"
)

// maxDepth bounds how deep in other dicts and lists a dict of tensors is looked for.
const maxDepth = 8

// finder looks for dicts of tensors.
type finder struct {
	copier *copier
	seen   map[any]bool // pickles may hold a value many times, or in itself
	found  []*Dict
}

// dicts returns the dicts with tensors that value holds, value itself first, or an error that says what it holds.
func dicts(value any, c *copier) ([]*Dict, error) {
	f := &finder{copier: c, seen: make(map[any]bool)}
	d, _ := value.(*dict)
	if d != nil && len(d.keys) == 0 {
		return []*Dict{{}}, nil
	}
	if f.look(value, nil); len(f.found) > 0 {
		return f.found, nil
	}
	switch v := value.(type) {
	case *foreign:
		return nil, v.err()
	case *dict:
		name, ok := v.keys[0].(string)
		if !ok {
			return nil, fmt.Errorf("a key is %s, want text: %s", describe(v.keys[0]), advice)
		}
		err := errors.New(v.other(0))
		if u, ok := v.values[0].(*foreign); ok {
			err = u.err()
		}
		return nil, fmt.Errorf("%q is %w", name, err)
	}
	return nil, fmt.Errorf("it holds %s, want a dict of tensors: %s", describe(value), advice)
}

// other describes value i of d, which is no tensor.
func (d *dict) other(i int) string {
	return describe(d.values[i]) + ", want a tensor: " + advice
}

// look adds the dicts in value, which the keys of path lead to.
func (f *finder) look(value any, path []string) {
	var keys, values []any
	var id any
	switch v := value.(type) {
	case *dict:
		f.dict(v, path)
		id, keys, values = v, v.keys, v.values
	case *foreign: // of a kind of dict
		f.dict(&v.items, path)
		id, keys, values = v, v.items.keys, v.items.values
	case *sequence:
		id, values = v, v.items
	case tuple:
		if len(v) == 0 {
			return
		}
		id, values = &v[0], v
	default:
		return
	}
	if f.seen[id] || len(path) == maxDepth {
		return
	}
	f.seen[id] = true
	for i, v := range values {
		key := strconv.Itoa(i)
		if keys != nil {
			key = label(keys[i])
		}
		f.look(v, append(path[:len(path):len(path)], key))
	}
}

// label returns a key as a part of a path.
func label(key any) string {
	switch key := key.(type) {
	case string:
		return fmt.Sprintf("%.60s", key)
	case int:
		return strconv.Itoa(key)
	}
	return describe(key)
}

// dict adds d if it has tensors, and text as keys.
func (f *finder) dict(d *dict, path []string) {
	if f.seen[d] {
		return
	}
	tensors := 0
	for i, key := range d.keys {
		if _, ok := key.(string); !ok {
			return
		}
		if _, ok := d.values[i].(*view); ok {
			tensors++
		}
	}
	if tensors == 0 {
		return
	}
	found := &Dict{Path: strings.Join(path, "/"), Versions: d.versions()}
	for i, key := range d.keys {
		name := key.(string)
		var err error
		switch v := d.values[i].(type) {
		case *view:
			t := safetensors.Tensor{Name: name, DType: v.dtype, Shape: v.shape}
			if t.Data, err = f.copier.data(v); err == nil {
				found.Tensors = append(found.Tensors, t)
			}
		case *foreign:
			err = v.err()
		default:
			err = errors.New(d.other(i))
		}
		if err != nil {
			found.Others = append(found.Others, Other{name, err.Error()})
		}
	}
	f.found = append(f.found, found)
}

// versions returns what the attribute _metadata says about the versions of modules.
func (d *dict) versions() map[string]int {
	about, _ := d.attributes.get("_metadata").(*dict)
	if about == nil {
		return nil
	}
	versions := make(map[string]int)
	for i, key := range about.keys {
		module, _ := about.values[i].(*dict)
		name, ok := key.(string)
		if version, is := module.get("version").(int); ok && is {
			versions[name] = version
		}
	}
	return versions
}
