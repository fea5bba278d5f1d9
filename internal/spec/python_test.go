package spec

import (
	"strings"
	"testing"
)

func TestStatements(t *testing.T) {
	for text, want := range map[string]string{
		"s = A(1);":                                "A(1)",
		">>> s = A(1)  # one\n... # two":           "A(1)",
		"n = 3\ns = A(n, [n, n * 2])":              "A(3, [3, 6])",
		"a = A(1); b = B(x=2); c = C([a, b], [5])": "C([A(1), B(x=2)], [5])",
		"from m import A, B\nimport n; m.A(1)":     "m.A(1)",
		"s = \\\n  A(\n  1, # one\n\n  'a#b')":     "A(1, 'a#b')",
		"return A(1)":                              "A(1)", "s: optim.A = A(1)": "A(1)",
		"self.s = A(1),": "A(1)",
		"optimizer = SGD(n.p(), lr=1)\nA(optimizer, 2)": "A(SGD(n.p, lr=1), 2)",
	} {
		v, err := Parse(text)
		if err != nil || v.String() != want {
			t.Errorf("Parse(%q) = %v, %v; want %s", text, v, err, want)
		}
	}
	long := "a = [1, 1, 1, 1]\n" + strings.Repeat("a = [a, a, a, a, a, a, a, a]\n", 50) + "A(a)"
	if _, err := Parse(long); err == nil || !strings.Contains(err.Error(), "more than 100000 values") {
		t.Errorf("values within values: got %v", err)
	}
}

// The numbers are those that Python gives.
func TestArithmetic(t *testing.T) {
	for text, want := range map[string]string{
		"1.0 / 3": "0.3333333333333333", "1/4": "0.25", "1e-3 * 10": "0.01", "2 ** -3": "0.125", "2**3**2": "512",
		"-2 ** 2": "-4", "(-2) ** 2": "4", "--2": "2", "-(1 + 2)": "-3", "+5": "5", "7 // 2": "3", "-7 // 2": "-4",
		"-7 % 3": "2", "7 % -3": "-2", "7.5 // 2": "3.0", "10 / 2": "5.0", "2 * 3.0": "6.0", "1 - 1e-2": "0.99",
		"1_000 * 1_0_0": "100000", "10_000": "10000", "0.1 ** (1 / 20)": "0.8912509381337456", "1 + 2 * 3 - 4": "3",
		"int(0.75 * 90)": "67", "int(-1.5)": "-1", "round(2.5)": "2", "float(3)": "3.0", "abs(-3)": "3", "min(3, 2)": "2",
		"max(1, 2.5, 2)": "2.5", "range(3)": "[0, 1, 2]",
		"range(10, 40, 10)": "[10, 20, 30]",
		"range(3, 0, -1)":   "[3, 2, 1]",
		"list(range(2))":    "[0, 1]", "tuple([1, 2])": "[1, 2]", "sorted((3, 1))": "[1, 3]", "range(0)": "[]",
		"len(loader)": "len(loader)", "epochs * 2": "epochs * 2", "2 * len( loader ) # all\n": "2 * len( loader )",
		"lambda a, b: a + b": "lambda a, b: a + b", "[x for x in\n y if x]": "[x for x in y if x]", "p[0]": "p[0]",
		"f(lambda p: p.x, n.p())": "f(lambda p: p.x, n.p)", "(p for p in n.p() if p.x)": "p for p in n.p() if p.x",
		"{'a': [1, 2]}": "{'a': [1, 2]}", "*args": "*args", "1 if x else 2": "1 if x else 2", "a().b": "a().b",
		"not x": "not x", "-lr": "-lr", "[int(x * 100) for x in [0.5, 0.75]]": "[50, 75]",
		"[i for i in range(0)]": "[]", "[10*i for i in range(1, 4)]": "[10, 20, 30]",
		"[[a * b for a in (1, 2)] for b in (3, 4)]": "[[3, 6], [4, 8]]",
		"[f(i) for i in [1]]":                       "[f(1)]", "[g.form for x in y]": "[g.form for x in y]",
		"[i for i in [1, 2] if i > 1]": "[i for i in [1, 2] if i > 1]",
	} {
		v, err := Parse("A(" + text + ")")
		if err != nil || len(v.Args) != 1 || v.Args[0].Value.String() != want {
			t.Errorf("%s = %v, %v; want %s", text, v, err, want)
		}
	}
	for text, want := range map[string]string{
		"1 / 0": "column 3: 1 / 0 is not a number", "10 ** 400": "is not a number",
		"1 + 'a'": "column 7: 'a' is not a number",
		"-'a'":    "column 3: -'a' is not a number", "range(1, 9, 0)": "want a step other than 0",
		"range(10 ** 9)": "at most 10000 numbers", "range(0.5)": "column 9: 0.5 in a range: want a whole number",
		"(-1) ** 0.5": "is not a number", "1__0": "1__0 is not a number", "_1 + (": "not closed", "1_": "1_ is not a number",
		"2" + strings.Repeat("**2", 200): "nest deeper", "x[" + strings.Repeat("(", 200): "nest deeper",
		"{'a": "this string is not closed", "lambda x: (1": "is not closed",
	} {
		if v, err := Parse("A(" + text + ")"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s = %v, %v; want an error with %s", text, v, err, want)
		}
	}
}

func TestOptimizer(t *testing.T) {
	var x float64
	var names []string
	list := Custom("names", func(v Value) error {
		names = nil
		for _, item := range v.Items {
			names = append(names, item.Text)
		}
		return nil
	}, func() string { return "[" + strings.Join(names, " ") + "]" }).
		Names(func(name string) bool { return name == "known" })
	for text, want := range map[string]string{
		"A(optimizer_ft, 1)": "A(x=1.0)", "A(self.opt, 1)": "A(x=1.0)", "A(optimizer=o, x=1)": "A(x=1.0)",
		"A(params=net.parameters(), x=1)": "A(x=1.0)", "A(list(net.parameters()), 1)": "A(x=1.0)",
		"A(filter(lambda p: p.requires_grad, net.parameters()), 1)": "A(x=1.0)",
		"A([p for p in net.parameters() if p.requires_grad], 1)":    "A(x=1.0)",
		"A((p for p in net.parameters()), 1)":                       "A(x=1.0)",
		"A([w, b], 1)":                                              "A(x=1.0)",
		"A(SGD(net.parameters(), lr=0.1), 1)":                       "A(x=1.0)",
		"A([{'params': net.parameters()}], 1)":                      "A(x=1.0)",
		"A(net[0].parameters(), 1)":                                 "A(x=1.0)",
		"B(optimizer, [a, b])":                                      "B(names=[a b])",
		"B([a, b], optimizer=o)":                                    "B(names=[a b])",
		"B(o, names=[a])":                                           "B(names=[a])",
	} {
		call, err := Parse(text)
		settings := []Setting{Required("x", &x)}
		if strings.HasPrefix(text, "B") {
			settings[0] = list
		}
		if err == nil {
			err = Bind(call, settings...)
		}
		if got := Format(call.Text, settings...); err != nil || got != want {
			t.Errorf("%s: got %s, %v; want %s", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"A([{'params': a}, {'params': b, 'lr': 1}], 1)": "column 3: this gives groups of parameters settings ('lr' …)",
		"A(epochs)":       "A needs x; it has x; epochs stands for PyTorch's optimizer",
		"A(x=epochs * 2)": "column 5: A: x is epochs * 2: want a number; only the program around knows what that is",
		"A(lambda: 1)":    "column 3: A: x is lambda: 1: want a number; only the program around",
	} {
		call, err := Parse(text)
		if err == nil {
			err = Bind(call, Required("x", &x))
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v; want %s", text, err, want)
		}
	}
}
