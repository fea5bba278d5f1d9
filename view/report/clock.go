package report

// clock says at which step and after how many seconds the epochs X of a setting ended, so that readers can choose these
// for the x axis.
type clock struct {
	Name    string  `json:"name,omitempty"` // "": of all lines
	X       numbers `json:"x"`
	Step    numbers `json:"step,omitempty"`
	Seconds numbers `json:"seconds,omitempty"`
}

// clocks returns the clock of each setting. The seconds are means over the seeds.
func clocks(all []Run) []clock {
	var list []clock
	for _, s := range settings(all) {
		c := clock{Name: s.name, X: numbers{0}, Step: numbers{0}, Seconds: numbers{0}}
		var own []*Run
		for i := range all {
			if all[i].Name == s.name {
				own = append(own, &all[i])
			}
		}
		for epoch := 1; ; epoch++ {
			step, seconds, n := 0, 0.0, 0.0
			for _, r := range own {
				if len(r.Epochs) < epoch {
					continue
				}
				e := r.Epochs[epoch-1]
				step, seconds, n = max(step, e.Step), seconds+e.TrainSeconds+e.TestSeconds, n+1
			}
			if n == 0 {
				break
			}
			c.X, c.Step = append(c.X, float64(epoch)), append(c.Step, float64(step))
			c.Seconds = append(c.Seconds, c.Seconds[epoch-1]+seconds/n)
		}
		if !rising(c.Step) {
			c.Step = nil
		}
		if !rising(c.Seconds) {
			c.Seconds = nil
		}
		if len(c.X) > 1 && (c.Step != nil || c.Seconds != nil) {
			list = append(list, c)
		}
	}
	if len(list) == 1 && len(all) == 1 {
		list[0].Name = ""
	}
	return list
}

// rising reports whether each number is larger than the one before it.
func rising(list numbers) bool {
	for i := range list[1:] {
		if !(list[i+1] > list[i]) {
			return false
		}
	}
	return true
}
