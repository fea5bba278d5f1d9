package live

import (
	"cmp"
	"slices"
)

// studyUpdate is what is new to a viewer.
type studyUpdate struct {
	Study *studyPlan   `json:"study,omitempty"` // it replaces everything before
	Cells []cellUpdate `json:"cells,omitempty"`
	State studyState   `json:"state"`
}

type studyPlan struct {
	Name   string `json:"name"`
	Dir    string `json:"dir"`
	Epochs int    `json:"epochs"`
	Search bool   `json:"search,omitempty"`
	Rungs  []int  `json:"rungs,omitempty"`
	Share  int    `json:"share,omitempty"`
	Of     int    `json:"of,omitempty"`
	Shares []int  `json:"shares,omitempty"`
}

// cellUpdate is a run with the epochs that are new to a viewer.
type cellUpdate struct {
	ID      int     `json:"id"` // its number in the study, from 0
	Name    string  `json:"name"`
	Setting string  `json:"setting"`
	Seed    uint64  `json:"seed"`
	State   string  `json:"state"`
	Reason  string  `json:"reason,omitempty"`
	Epoch   int     `json:"epoch"`
	Rested  int     `json:"rested"` // epochs that it had when it last ended, for now or for good
	Share   float64 `json:"share"`  // of its steps that are done
	Guesses bool    `json:"guesses,omitempty"`

	Epochs []int       `json:"epochs,omitempty"`
	Values [][]*number `json:"values,omitempty"` // one list for each epoch; see evaluated
}

// since returns what came after a number, and the number of the newest change.
func (s *shelf) since(after uint64) (studyUpdate, uint64) {
	if after > s.last {
		after = 0 // of another program at this address
	}
	u := studyUpdate{State: s.state}
	if after < s.begun {
		after = 0
		p := s.plan
		u.Study = &studyPlan{s.name, p.Dir, p.Epochs, p.Search, p.Rungs, p.Share, p.Of, p.Shares}
	}
	for id, c := range s.cells {
		if c.changed > after {
			u.Cells = append(u.Cells, c.update(id, after))
		}
	}
	return u, s.last
}

// update returns a run with the epochs after a number.
func (c *cell) update(id int, after uint64) cellUpdate {
	u := cellUpdate{
		ID: id, Name: c.Name, Setting: c.Setting, Seed: c.Seed, State: c.state, Reason: c.reason, Epoch: c.epoch,
		Rested: c.rested, Share: float64(c.step) / float64(max(1, c.steps)), Guesses: c.guesses,
	}
	byNumber := func(p evaluated, n uint64) int { return cmp.Compare(p.number, n) }
	first, _ := slices.BinarySearchFunc(c.points, after+1, byNumber)
	for _, p := range c.points[first:] {
		var values []*number
		for _, v := range p.values {
			values = append(values, (*number)(v))
		}
		u.Epochs, u.Values = append(u.Epochs, p.Epoch), append(u.Values, values)
	}
	return u
}
