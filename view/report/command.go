package report

// command returns what to type to repeat r in a new folder. The program that trained r noted it in the record; "" if
// it did not.
func (r *Run) command() string {
	command, _ := r.record().Notes["command"].(string)
	return command
}
