package weights

import (
	"slices"
	"strings"

	"anneal/graph"
	"anneal/internal/torchfile"
)

// wrappers lists the names under which PyTorch's wrappers hold the network that they wrap: DataParallel,
// DistributedDataParallel and AveragedModel; torch.compile; FullyShardedDataParallel; activation checkpointing;
// Lightning's Fabric.
var wrappers = []string{
	"module", "_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module", "_forward_module",
}

// averaged is AveragedModel's own count of averages, beside the network.
const averaged = "n_averaged"

// naming is one way to read the names of a dict.
type naming struct {
	prefix string                   // that is left out; "" for none
	rename func(name string) string // "" for a name that is not the network's
}

// unwrapped is how many of the first namings are no prefixes of a program's own.
const unwrapped = 2

// namings returns the ways to read the names of d: as they are, without those of wrappers, and without each prefix
// under which a parameter of the model is found, such as the "model." of a LightningModule. The first that fits is
// right.
func (d state) namings(params *graph.Params) []naming {
	names := make([]string, len(d.tensors))
	for i, t := range d.tensors {
		names[i] = t.Name
	}
	plain := naming{rename: func(name string) string { return name }}
	inner := naming{rename: unwrap}
	for i, name := range names {
		if names[i] = unwrap(name); names[i] != name && names[i] != "" && inner.prefix == "" {
			inner.prefix = removed(name, names[i])
		}
	}
	list := []naming{plain, inner}
	const most = 8
	var prefixes []string
	for _, name := range names {
		for _, p := range params.All() {
			prefix, ok := strings.CutSuffix(name, "."+p.Name())
			if ok && !slices.Contains(prefixes, prefix) && len(prefixes) < most {
				prefixes = append(prefixes, prefix)
			}
		}
	}
	for _, prefix := range prefixes {
		n := naming{prefix + ".", func(name string) string { return strings.TrimPrefix(unwrap(name), prefix+".") }}
		for _, t := range d.tensors {
			if rest, ok := strings.CutPrefix(unwrap(t.Name), prefix+"."); ok {
				n.prefix = removed(t.Name, rest)
				break
			}
		}
		list = append(list, n)
	}
	if inner.prefix == "" {
		list[1] = plain // so that there are as many
	}
	return list
}

// unwrap returns name without the names of wrappers, wherever they stand in it.
func unwrap(name string) string {
	if name == averaged {
		return ""
	}
	parts := strings.Split(name, ".")
	kept := slices.DeleteFunc(slices.Clone(parts[:len(parts)-1]), func(part string) bool {
		return slices.Contains(wrappers, part)
	})
	return strings.Join(append(kept, parts[len(parts)-1]), ".")
}

// removed names what unwrap has left out of name.
func removed(name, rest string) string {
	if prefix, ok := strings.CutSuffix(name, rest); ok {
		return prefix
	}
	for part := range strings.SplitSeq(name, ".") {
		if slices.Contains(wrappers, part) {
			return part + "."
		}
	}
	return name
}

// apply returns d with its names as n reads them.
func (n naming) apply(d state) state {
	if n.prefix == "" {
		return d
	}
	renamed := state{path: d.path, versions: make(map[string]int, len(d.versions))}
	for _, t := range d.tensors {
		if t.Name = n.rename(t.Name); t.Name != "" {
			renamed.tensors = append(renamed.tensors, t)
		}
	}
	for _, o := range d.others {
		renamed.others = append(renamed.others, torchfile.Other{Name: n.rename(o.Name), Is: o.Is})
	}
	for module, version := range d.versions {
		renamed.versions[strings.TrimSuffix(n.rename(module+".x"), ".x")] = version
	}
	return renamed
}
