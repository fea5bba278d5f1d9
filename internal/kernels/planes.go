package kernels

// planes is work on a tensor's planes, one channel of one image each, cut into parts of whole planes.
type planes struct {
	*work
	parts int
}

// partSize is about how many elements a part has: enough to outweigh claiming it, few enough to stay in the cache.
const partSize = 1 << 14

// newPlanes returns work on count planes of size elements; f computes the planes in [from, to).
func newPlanes(count, size int, f func(from, to int)) planes {
	parts := min(count, ceilDiv(count*size, partSize))
	return planes{newWork(func(i, _ int) { f(part(i, parts, count)) }), parts}
}

func (p planes) run() { p.work.run(p.parts) }
