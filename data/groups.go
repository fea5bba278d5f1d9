package data

// Grouper is a Dataset whose samples are in groups, such as the rows of one patient. Split, Partition and Folds keep
// the samples of a group together, as SplitGroups and GroupFolds do.
type Grouper interface {
	Groups() []int32 // the group of each sample; nil: none
}

// GroupsOf returns the group of each sample of d, nil if it has no groups.
func GroupsOf(d Dataset) []int32 {
	if g, ok := d.(Grouper); ok {
		return g.Groups()
	}
	return nil
}

// Groups returns what WithGroups was told.
func (d *Tensors) Groups() []int32 { return d.groups }

// WithGroups returns the same samples with the group of each, or without groups if it is nil.
func (d *Tensors) WithGroups(groups []int32) *Tensors {
	grouped := *d
	grouped.groups = groups
	return &grouped
}

// Groups returns the groups of the part's samples.
func (p part) Groups() (list []int32) {
	groups := GroupsOf(p.Dataset)
	if groups == nil {
		return nil
	}
	for _, i := range p.samples {
		list = append(list, groups[i])
	}
	return list
}

// Groups returns the groups of the first samples.
func (l limited) Groups() []int32 {
	groups := GroupsOf(l.Dataset)
	return groups[:min(l.n, len(groups))]
}

// partitionGroups is Partition by groups, of whole ones.
func partitionGroups(set Dataset, groups []int32, seed uint64, sizes []int) ([]Dataset, error) {
	parts := make([]Dataset, 1, len(sizes)+1)
	for _, n := range sizes {
		rest, valid, err := SplitGroups(set, groups, float64(n), seed)
		if err != nil {
			return nil, err
		}
		set, groups = rest, GroupsOf(rest)
		parts = append(parts, valid)
	}
	parts[0] = set
	return parts, nil
}
