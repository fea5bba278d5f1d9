package parallel

// Loop is a loop over items, such as the planes of a tensor, that is cut into parts of whole items.
type Loop struct {
	work  *Work
	parts int
}

// NewLoop returns a loop over count items of size elements each. f computes the items in [from, to).
func NewLoop(count, size int, f func(from, to int)) Loop {
	parts := min(count, (count*size+PartSize-1)/PartSize)
	return Loop{New(func(i, _ int) { f(Range(i, parts, count)) }), parts}
}

// Run computes all items.
func (l Loop) Run() { l.work.Run(l.parts) }
