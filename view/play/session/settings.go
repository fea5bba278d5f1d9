package session

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"anneal/graph"
	"anneal/schedules"
)

// Settings are what one can change. In JSON, as in the address of the page, each has its own key.
type Settings struct {
	Data       string  `json:"data"`       // circles, xor, spirals, moons, sine or digits
	Noise      float64 `json:"noise"`      // the standard deviation of what is added to each point, 0 to 1; not of digits
	Seed       uint64  `json:"seed"`       // decides the points, the initial weights and the order of the batches
	Depth      int     `json:"depth"`      // hidden layers, 1 to 16
	Width      int     `json:"width"`      // units of each, 1 to 256
	Activation string  `json:"activation"` // relu, leaky-relu, tanh, sigmoid, gelu or silu
	Norm       string  `json:"norm"`       // before each activation: none, batch, layer or rms
	Init       string  `json:"init"`       // of the weights: default, kaiming, xavier, orthogonal, small or large
	Batch      int     `json:"batch"`      // samples per step, 1 to 500
	Solver     string  `json:"solver"`     // sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw or lion
	Rate       float64 `json:"rate"`       // that the schedule begins with, 0 to 1000
	Schedule   string  `json:"schedule"`   // as schedules.Parse reads it, up to 1,000 bytes; it counts epochs
	Epochs     int     `json:"epochs"`     // the length of the run, 1 to 100,000
	L1         float64 `json:"l1"`         // penalties of the weights, 0 to 10
	L2         float64 `json:"l2"`
}

// maxSchedule is how many bytes a schedule may have. It bounds the time that a chain of many schedules takes.
const maxSchedule = 1000

// Default returns settings with which two spirals are told apart in seconds.
func Default() Settings {
	return Settings{
		Data: "spirals", Noise: 0.02, Seed: 1, Depth: 3, Width: 32, Activation: "relu", Norm: "batch", Init: "default",
		Batch: 64, Solver: "momentum", Rate: 0.1, Schedule: "none", Epochs: 200,
	}
}

// What the settings that are words stand for.
var (
	activations = map[string]func(b *graph.Builder, x *graph.Node) *graph.Node{
		"relu":       (*graph.Builder).ReLU,
		"leaky-relu": func(b *graph.Builder, x *graph.Node) *graph.Node { return b.LeakyReLU(x, 0.01) },
		"tanh":       (*graph.Builder).Tanh,
		"sigmoid":    (*graph.Builder).Sigmoid,
		"gelu":       (*graph.Builder).GELU,
		"silu":       (*graph.Builder).SiLU,
	}
	norms = map[string]func(b *graph.Builder, name string, x *graph.Node) *graph.Node{
		"none": func(_ *graph.Builder, _ string, x *graph.Node) *graph.Node { return x },
		"batch": func(b *graph.Builder, name string, x *graph.Node) *graph.Node {
			return b.BatchNorm(name, x)
		},
		"layer": func(b *graph.Builder, name string, x *graph.Node) *graph.Node {
			return b.LayerNorm(name, x)
		},
		"rms": func(b *graph.Builder, name string, x *graph.Node) *graph.Node {
			return b.RMSNorm(name, x)
		},
	}
	inits = map[string]graph.Init{
		"default": graph.DefaultInit, "kaiming": graph.KaimingNormal, "xavier": graph.XavierUniform,
		"orthogonal": graph.Orthogonal(graph.GainReLU), "small": graph.Normal(0, 0.01), "large": graph.Normal(0, 1),
	}
	algorithms = map[string]string{ // specs without the rate and the penalties
		"sgd": "SGD(", "momentum": "SGD(momentum=0.9, ", "nesterov": "SGD(momentum=0.9, nesterov=True, ",
		"adagrad": "Adagrad(", "rmsprop": "RMSprop(", "adam": "Adam(", "adamw": "AdamW(", "lion": "Lion(",
	}
)

// network returns the settings that cannot change while the network trains.
func (s Settings) network() Settings {
	return Settings{
		Data: s.Data, Noise: s.Noise, Seed: s.Seed, Depth: s.Depth, Width: s.Width, Norm: s.Norm, Init: s.Init,
	}
}

// samples returns the settings that decide the data.
func (s Settings) samples() Settings { return Settings{Data: s.Data, Noise: s.Noise, Seed: s.Seed} }

// algorithm returns the spec of the solver at a rate.
func (s Settings) algorithm(rate float64) string {
	return fmt.Sprintf("%slr=%v, weight_decay=%v, l1=%v)", algorithms[s.Solver], rate, s.L2, s.L1)
}

// Validate returns an error that names the setting that is wrong, its value and what is allowed.
func (s Settings) Validate() error {
	for _, c := range []struct {
		key, got string
		allowed  []string
	}{
		{"data", s.Data, dataNames},
		{"activation", s.Activation, slices.Sorted(maps.Keys(activations))},
		{"norm", s.Norm, slices.Sorted(maps.Keys(norms))},
		{"init", s.Init, slices.Sorted(maps.Keys(inits))},
		{"solver", s.Solver, slices.Sorted(maps.Keys(algorithms))},
	} {
		if !slices.Contains(c.allowed, c.got) {
			return fmt.Errorf("session: %s %q: want one of %s", c.key, c.got, strings.Join(c.allowed, ", "))
		}
	}
	for _, c := range []struct {
		key            string
		got, low, high float64
	}{
		{"noise", s.Noise, 0, 1},
		{"depth", float64(s.Depth), 1, 16},
		{"width", float64(s.Width), 1, 256},
		{"batch", float64(s.Batch), 1, trainSamples},
		{"rate", s.Rate, 0, 1000},
		{"epochs", float64(s.Epochs), 1, 100_000},
		{"l1", s.L1, 0, 10},
		{"l2", s.L2, 0, 10},
	} {
		if !(c.got >= c.low && c.got <= c.high) || math.IsInf(c.got, 0) {
			return fmt.Errorf("session: %s %v: want %v to %v", c.key, c.got, c.low, c.high)
		}
	}
	if s.Norm == "batch" && s.Batch == 1 {
		return fmt.Errorf("session: batch 1 with batch normalization: want at least 2 samples, which have a variance")
	}
	if n := len(s.Schedule); n > maxSchedule {
		return fmt.Errorf("session: a schedule of %d bytes: want at most %d", n, maxSchedule)
	}
	if _, err := schedules.Parse(s.Schedule); err != nil {
		return fmt.Errorf("session: %w", err)
	}
	return nil
}
