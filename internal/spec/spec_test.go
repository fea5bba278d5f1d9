package spec

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"anneal/internal/limittest"
)

func ExampleBind() {
	var (
		lr, momentum float64
		betas        [2]float64
		nesterov     bool
	)
	settings := []Setting{
		Required("lr", &lr),
		Optional("momentum", &momentum, 0),
		Optional("betas", &betas, [2]float64{0.9, 0.999}),
		Optional("nesterov", &nesterov, false).KeywordOnly(),
	}
	call, err := Parse("SGD(0.1, momentum=9e-1, nesterov=True)")
	if err == nil {
		err = Bind(call, settings...)
	}
	fmt.Println(lr, momentum, betas, nesterov, err)
	fmt.Println(Format("SGD", settings...))

	call, _ = Parse("SGD(0.1, momentun=0.9)")
	fmt.Println(Bind(call, settings...))
	// Output:
	// 0.1 0.9 [0.9 0.999] true <nil>
	// SGD(lr=0.1, momentum=0.9, nesterov=True)
	// column 10: SGD has no setting "momentun"; it has lr, momentum=0.0, betas=(0.9, 0.999), nesterov=False; did you mean momentum?
}

func TestParse(t *testing.T) {
	tests := []struct{ text, want string }{
		{"none", "none"},
		{"StepLR(5, 0.1)", "StepLR(5, 0.1)"},
		{" StepLR ( 5 ,\n\tgamma = 1e-1 , ) ", "StepLR(5, gamma=1e-1)"},
		{
			"a(b([c, 'x'], (0.9, .5), (1,), (2), (), [], k=None), True)",
			"a(b([c, 'x'], (0.9, .5), (1,), 2, (), [], k=None), True)",
		},
		{`a("it's", "cos", '"')`, `a("it's", 'cos', '"')`},
		{"scheduler = optim.lr_scheduler.StepLR(optimizer, -5)", "optim.lr_scheduler.StepLR(optimizer, -5)"},
	}
	for _, tt := range tests {
		v, err := Parse(tt.text)
		if err != nil || v.String() != tt.want {
			t.Errorf("Parse(%q) = %v, %v; want %s", tt.text, v, err, tt.want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	tests := []struct {
		text string
		col  int
		msg  string
	}{
		{"", 1, "nothing"},
		{"  ", 1, "nothing"},
		{"5", 1, "not a name"},
		{"'x'", 1, "not a name"},
		{"StepLR(5", 7, "not closed"},
		{"A([1, 2", 3, "not closed"},
		{"A((1, 2]", 8, "comma"},
		{"StepLR(5))", 10, `")" stands after`},
		{"StepLR(5) 6", 11, `"6" stands after`},
		{"StepLR(5 6)", 10, "comma"},
		{"StepLR(,)", 8, "value is needed"},
		{"A(x=)", 5, "value is needed"},
		{"A(x=1, x=2)", 8, "x is given twice"},
		{"A(x=1, 2)", 8, "after one with a key"},
		{"A('é', 5x)", 8, "5x is not a number"},
		{"A(1e999)", 3, "not a number"},
		{"A(0x10)", 3, "not a number"},
		{"A(-inf)", 3, "not a number"},
		{"A('x)", 3, "not closed"},
		{"A(\x00)", 3, "value is needed"},
		{"A" + strings.Repeat("(", 200), 102, "nest deeper"},
	}
	for _, tt := range tests {
		_, err := Parse(tt.text)
		var e *Error
		if !errors.As(err, &e) || e.Col != tt.col || !strings.Contains(e.Msg, tt.msg) || strings.Contains(err.Error(), "\n") {
			t.Errorf("Parse(%q): %v; want column %d, %q", tt.text, err, tt.col, tt.msg)
		}
	}
}

func TestParseArgs(t *testing.T) {
	v, err := ParseArgs("group", "lr=0.5, weight_decay=1e-4")
	if want := "group(lr=0.5, weight_decay=1e-4)"; err != nil || v.String() != want {
		t.Errorf("%v, %v; want %s", v, err, want)
	}
	for _, text := range []string{"lr=0.5)", "lr=0.5\x00", "lr="} {
		if v, err := ParseArgs("group", text); err == nil {
			t.Errorf("ParseArgs(%q) = %v without an error", text, v)
		}
	}
}

type all struct {
	n     int
	f     float64
	b     bool
	s     string
	ns    []int
	fs    []float64
	betas [2]float64
	k     int
}

func (a *all) settings() []Setting {
	return []Setting{
		Required("n", &a.n),
		Optional("f", &a.f, 0.1),
		Optional("b", &a.b, true),
		Optional("s", &a.s, "cos"),
		Optional("ns", &a.ns, nil),
		Optional("fs", &a.fs, []float64{0}),
		Optional("betas", &a.betas, [2]float64{0.9, 0.999}),
		Optional("k", &a.k, 0).OrNone().KeywordOnly(),
	}
}

func TestBind(t *testing.T) {
	defaults := all{n: 1, f: 0.1, b: true, s: "cos", fs: []float64{0}, betas: [2]float64{0.9, 0.999}}
	with := func(change func(*all)) all { a := defaults; change(&a); return a }
	tests := []struct {
		text string
		want all
		spec string
	}{
		{"A(1)", defaults, "A(n=1)"},
		{"A(n=1, k=None)", defaults, "A(n=1)"},
		{"m.A(net.parameters(), 1.0, 1e-1)", defaults, "A(n=1)"},
		{"A(opt, 1, 2, False)", with(func(a *all) { a.f, a.b = 2, false }), "A(n=1, f=2.0, b=False)"},
		{"A(1, f=1e-5, s=\"it's\")", with(func(a *all) { a.f, a.s = 1e-5, "it's" }), `A(n=1, f=1e-05, s="it's")`},
		{
			"A(1, ns=(3, 2e1), fs=[1, 2])", with(func(a *all) { a.ns, a.fs = []int{3, 20}, []float64{1, 2} }),
			"A(n=1, ns=[3, 20], fs=[1.0, 2.0])",
		},
		{
			"A(1, fs=7, betas=[0.5, 1], k=-3)", with(func(a *all) { a.fs, a.betas, a.k = []float64{7}, [2]float64{0.5, 1}, -3 }),
			"A(n=1, fs=7.0, betas=(0.5, 1.0), k=-3)",
		},
	}
	for _, tt := range tests {
		var got all
		call, err := Parse(tt.text)
		if err == nil {
			err = Bind(call, got.settings()...)
		}
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s gave %+v, %v; want %+v", tt.text, got, err, tt.want)
		}
		if s := Format("A", got.settings()...); s != tt.spec {
			t.Errorf("Format gave %s, want %s", s, tt.spec)
		}
	}
}

func TestBindErrors(t *testing.T) {
	tests := []struct{ text, want string }{
		{"A()", "column 1: A needs n; it has n, f=0.1, b=True, s='cos', ns=[], fs=0.0, betas=(0.9, 0.999), k=None"},
		{"A(1.5)", "column 3: A: n is 1.5: want a whole number"},
		{"A('1')", "column 3: A: n is '1': want a whole number"},
		{"A(1, f='x')", "column 8: A: f is 'x': want a number"},
		{"A(1, s=cos)", "column 8: A: s is cos: want a string in quotes"},
		{"A(1, b=1)", "column 8: A: b is 1: want either True or False"},
		{"A(1, ns=[1.5])", "column 9: A: ns is [1.5]: want a list of whole numbers"},
		{"A(1, ns=1)", "column 9: A: ns is 1: want a list of whole numbers"},
		{"A(1, fs='a')", "column 9: A: fs is 'a': want a number or a list of numbers"},
		{"A(1, betas=(1,))", "column 12: A: betas is (1,): want two numbers, such as (0.9, 0.999)"},
		{"A(1, f=None)", "column 8: A: f is None: want a number"},
		{"A(1, N=1)", "column 6: A has no setting \"N\"; it has n"},
		{"A(1, n=1)", "column 6: n is given twice"},
		{"A(1, 1, True, 's', [], 0, (1, 1), 5)", "column 35: A takes 7 settings without a key, and this is one more"},
	}
	for _, tt := range tests {
		call, err := Parse(tt.text)
		if err == nil {
			err = Bind(call, new(all).settings()...)
		}
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: %v; want %s", tt.text, err, tt.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"none", "StepLR(5, gamma=1e-1,)", `a(b([c, "it's"], (0.9, .5), (1,), ((2)), k=None), x=True)`,
		"s = o.SequentialLR(opt, [A(), B], [5])", "a((,)", "é(", "a(1 - 2 ** -3 // x, [y for y in z])",
		"x = [1]; a(b={'k': 1}, c=lambda v: v[0])  # c",
		"A(\x00\xff)", "+1e-4", "'\\'",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var v Value
		var err error
		limittest.Small.Run(t, "a spec", func() { v, err = Parse(s) })
		if err != nil {
			limittest.OneLine(t, err)
			return
		}
		text := v.String()
		again, err := Parse(text)
		if err != nil {
			t.Fatalf("Parse(%q) printed %q, which gives %v", s, text, err)
		}
		if !reflect.DeepEqual(*withoutColumns(&v), *withoutColumns(&again)) {
			t.Fatalf("Parse(%q) = %v, printed and read again %v", s, v, again)
		}
		limittest.OneLine(t, Bind(v, new(all).settings()...))
	})
}

// withoutColumns zeroes the columns of v.
func withoutColumns(v *Value) *Value {
	v.Col = 0
	for i := range v.Items {
		withoutColumns(&v.Items[i])
	}
	for i := range v.Args {
		v.Args[i].Col = 0
		withoutColumns(&v.Args[i].Value)
	}
	return v
}
