package spec

import (
	"regexp"
	"slices"
	"strings"
)

// withoutOptimizer returns the arguments of call without those that stand for PyTorch's optimizer or parameters.
func withoutOptimizer(call Value, settings []Setting) ([]Arg, error) {
	args := slices.DeleteFunc(slices.Clone(call.Args), func(a Arg) bool {
		return (a.Key == "optimizer" || a.Key == "params") && !slices.ContainsFunc(settings, func(s Setting) bool {
			return s.key == a.Key
		})
	})
	if len(args) == 0 || args[0].Key != "" || positional(settings) == 0 {
		return args, nil
	}
	first, v := settings[0], args[0].Value
	if !stands(v, first) || first.names != nil && !follows(args[1:], first) {
		return args, nil
	}
	if group := groups.FindString(v.String()); group != "" {
		return nil, Errorf(v.Col, "this gives groups of parameters settings (%s …): "+
			"want the parameters alone, such as net.parameters(), and the groups as groups, such as 'fc*: lr=1e-3'",
			strings.TrimRight(group, " :"))
	}
	return args[1:], nil
}

// stands reports whether v can stand for PyTorch's optimizer or parameters, as it is no value of the first setting.
func stands(v Value, first Setting) bool {
	switch v.Kind {
	case Opaque:
		return !strings.HasPrefix(v.Text, "lambda")
	case Call:
		return first.names == nil || len(v.Args) == 0 && !first.names(lastPart(v.Text))
	case List, Tuple:
		return first.names == nil && len(v.Items) > 0 && !slices.ContainsFunc(v.Items, func(i Value) bool {
			return i.Kind != Call && i.Kind != Opaque
		})
	}
	return false
}

// follows reports whether args give first a value that may be a name.
func follows(args []Arg, first Setting) bool {
	return slices.ContainsFunc(args, func(a Arg) bool { return a.Key == first.key }) ||
		len(args) > 0 && args[0].Key == "" && slices.Contains([]Kind{Call, Opaque, List, Tuple}, args[0].Value.Kind)
}

// groups matches a key of a dictionary other than params.
var groups = regexp.MustCompile(`['"](?:[a-oq-z]\w*|p[b-z]\w*)['"] ?:`)
