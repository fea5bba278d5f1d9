package data

import (
	"context"

	"anneal/internal/parallel"
)

// passing prepares the batches of a loop in passing: the pool's workers, which compute the loop's steps, read samples
// of the next batch while they wait for work, and the loop itself has them read what is left. So reading takes its own
// time and no more: no step waits for a processor on which a goroutine reads.
type passing struct {
	*Loader
	work  *parallel.Work
	batch int // which is begun, or -1
}

// numbersInPassing is how many numbers a chunk has at least: enough to outweigh claiming it, and so few that a step
// waits for a chunk for some microseconds.
const numbersInPassing = 1024

func (l *Loader) newPassing() *passing {
	p := &passing{Loader: l, batch: -1}
	p.work = parallel.New(func(part, slot int) { l.prepare(chunk{p.batch, part}, l.workers[slot]) })
	return p
}

// finish prepares what is left of batch number i, and begins the next one that is read.
func (p *passing) finish(_ context.Context, i int) bool {
	if p.batch != i {
		p.begin(i)
	}
	p.end()
	for i++; i < p.Batches(); i++ {
		if p.takes(i) {
			p.begin(i)
			break
		}
	}
	return true
}

func (p *passing) begin(i int) {
	p.batch = i
	p.work.Begin(p.Loader.begin(i))
}

func (p *passing) end() { p.work.End() }

// inMemory reports whether d's samples are in memory, so that reading one takes microseconds and never waits.
func inMemory(d Dataset) bool {
	switch d := d.(type) {
	case *Images:
		return d.read == nil
	case *Memory, *Tensors:
		return true
	case limited:
		return inMemory(d.Dataset)
	case part:
		return inMemory(d.Dataset)
	}
	return false
}
