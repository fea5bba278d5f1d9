package models

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"anneal/graph"
)

// Every spec gives the norm that it names, under a name that gives the same network again.
func TestNorms(t *testing.T) {
	for text, want := range map[string]struct{ canonical, kind, bn string }{
		"batch":           {"", "BatchNorm", "weight bias running_mean running_var num_batches_tracked"},
		"group":           {"group", "GroupNorm groups 2", "weight bias"},
		"group(4)":        {"group", "GroupNorm groups 2", "weight bias"}, // 4 does not divide conv1's 10 channels
		"group(groups=5)": {"group(groups=5)", "GroupNorm groups 5", "weight bias"},
		"layer()":         {"layer", "LayerNorm per channel", "weight bias"},
		"instance":        {"instance", "InstanceNorm affine", "weight bias"},
		"rms":             {"rms", "RMSNorm per channel", "weight"},
		"renorm(d_max=2)": {
			"renorm(d_max=2.0)", "BatchNorm renorm to r 3 and d 2",
			"weight bias running_mean running_var num_batches_tracked",
		},
		"ghost(16)": {"ghost", "BatchNorm ghost 16", "weight bias running_mean running_var num_batches_tracked"},
		"none":      {"none", "", ""},
	} {
		name, err := WithNorm("lenet-bn", text)
		if err != nil {
			t.Fatal(err)
		}
		full := "lenet-bn"
		if want.canonical != "" {
			full += "(norm=" + want.canonical + ")"
		}
		if name != full {
			t.Errorf("%s: the name is %s, want %s", text, name, full)
		}
		if again, err := WithNorm(name, "group(2)"); again != "lenet-bn(norm=group(groups=2))" {
			t.Errorf("%s with another norm is %s, %v", name, again, err)
		}
		model, err := Get(name)
		if err != nil {
			t.Fatal(err)
		}
		params := graph.NewParams(1, tensor.Float32)
		layers, err := graph.Describe(model, params, tensor.Shape{3, 1, 28, 28})
		if err != nil {
			t.Fatal(err)
		}
		kind := ""
		for _, l := range layers {
			if l.Name == "conv1_bn" {
				kind = l.String()
			}
		}
		var has []string
		for _, p := range params.All() {
			if p.Layer() == "conv1_bn" {
				has = append(has, strings.TrimPrefix(p.Name(), "conv1_bn."))
			}
		}
		if kind != want.kind || strings.Join(has, " ") != want.bn {
			t.Errorf("%s: conv1_bn is %q with parameters %v, want %q with %s", name, kind, has, want.kind, want.bn)
		}
	}
}

// Each network that takes a norm trains with each that its shapes allow.
func TestNormsTrain(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(normed)) {
		for _, norm := range []string{"batch", "group", "layer", "instance", "rms", "renorm", "ghost(2)", "none"} {
			full, err := WithNorm(name, norm)
			if only := normed[name].only; only != nil && !slices.Contains(only, norm) {
				if err == nil || !strings.Contains(err.Error(), name+" takes "+strings.Join(only, ", ")) {
					t.Errorf("%s with %s: error %v", name, norm, err)
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			model, err := Get(full)
			if err != nil {
				t.Fatal(err)
			}
			_, err = graph.Compile(model, graph.NewParams(1, tensor.Float32),
				graph.Config{Mode: graph.Train, Shape: tensor.Shape{4, 1, 28, 28}, Fuse: true})
			if norm == "instance" && name == "mlp-bn" {
				if err == nil || !strings.Contains(err.Error(), "fc1_bn: its input has shape (4, 300)") {
					t.Errorf("%s: error %v", full, err)
				}
			} else if err != nil {
				t.Errorf("%s: %v", full, err)
			}
		}
	}
}

func TestBadNorms(t *testing.T) {
	for _, c := range []struct{ name, norm, want string }{
		{"lenet", "group", "models: lenet takes no norm: want one of gru-row, lenet-bn"},
		{"lenet-bn", "groups(4)", `models: norm "groups(4)": column 1`},
		{"lenet-bn", "group(0)", `models: norm "group(0)": column 7: group: groups is 0: want a whole number of at least 1`},
		{"lenet-bn", "ghost(size=2, n=3)", `models: norm "ghost(size=2, n=3)": column 15`},
	} {
		if _, err := WithNorm(c.name, c.norm); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s with %s: error %v, want %s", c.name, c.norm, err, c.want)
		}
	}
	for name, want := range map[string]string{
		"lenet-bn(4)":         `models: there is no model "lenet-bn(4)"`,
		"lenet(norm=layer)":   "models: lenet takes no norm",
		"lenet-bn(norm=lay)":  `norm "lay"`,
		"lenet-bn(norm=layer": `models: there is no model "lenet-bn(norm=layer"`,
	} {
		if _, err := Get(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %s", name, err, want)
		}
	}
}
