package graph

import "time"

// OpTime is what one op of a program has done since Profile.
type OpTime struct {
	Op    string // such as "Conv2D conv1 dw"
	Runs  int
	Time  time.Duration // of all runs together
	FLOPs int64         // of one run: multiplications and additions of products, other arithmetic is not counted
}

// Profile makes the program measure its ops from now on, at about 0.1 µs an op, and forgets what was measured before.
func (p *Program) Profile() {
	for _, o := range p.ops {
		o.timing = timing{on: true}
	}
}

// OpTimes returns what Profile measured, each op after those that it needs. Stock ops are not measured.
func (p *Program) OpTimes() []OpTime {
	times := make([]OpTime, len(p.ops))
	for i, o := range p.ops {
		times[i] = OpTime{o.name, o.timing.runs, o.timing.time, o.flops}
	}
	return times
}

// FLOPs is how many multiplications and additions the products of a run take by their definition: 2 a weight and position,
// forward, and as many for each of the two gradients that training needs. Convolutions by Winograd's algorithm take fewer.
func (p *Program) FLOPs() int64 {
	var sum int64
	for _, o := range p.ops {
		sum += o.flops
	}
	return sum
}

// Memory is how many bytes the results of the program's ops take, from the first run on: the activations and, in training,
// the gradients. What kernels keep besides is not counted, nor what stock ops make anew on every run.
func (p *Program) Memory() int64 {
	var bytes int64
	for _, o := range p.ops {
		bytes += int64(max(1, o.shape.TotalSize())) * int64(p.x.Dtype().Size())
	}
	return bytes
}
