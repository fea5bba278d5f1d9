package graph

import "time"

// OpTime says what one op of a program has done since the call of Profile.
type OpTime struct {
	Op    string // such as "Conv2D conv1 dw"
	Runs  int
	Time  time.Duration // of all runs together
	FLOPs int64         // multiplications and additions of products in one run; other arithmetic is not counted
}

// Profile makes the program measure its ops from now on, which costs about 0.1 µs per op, and drops earlier
// measurements.
func (p *Program) Profile() {
	for _, o := range p.ops {
		o.timing = timing{on: true}
	}
}

// OpTimes returns what the program measured since Profile, each op after those that it needs. Stock ops are not
// measured.
func (p *Program) OpTimes() []OpTime {
	times := make([]OpTime, len(p.ops))
	for i, o := range p.ops {
		times[i] = OpTime{o.name, o.timing.runs, o.timing.time, o.flops}
	}
	return times
}

// FLOPs returns the number of multiplications and additions that the products of a run take by their definition: 2
// per weight and position forward, and as many for each of the two gradients that training needs. Winograd's
// algorithm takes fewer.
func (p *Program) FLOPs() int64 {
	var sum int64
	for _, o := range p.ops {
		sum += o.flops
	}
	return sum
}

// Memory returns the number of bytes that the results of the program's ops occupy from the first run on: the
// activations and, in training, the gradients. Results that are needed at different times of a run share memory, which
// counts once. It does not count the kernels' scratch memory or what stock ops allocate on every run.
func (p *Program) Memory() int64 {
	elements := p.shared
	for _, o := range p.ops {
		if !o.shared {
			elements += max(1, o.shape.TotalSize())
		}
	}
	return int64(elements) * int64(p.x.Dtype().Size())
}
