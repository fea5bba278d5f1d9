package report

// command returns the command that repeats r in a new folder. It is "" unless the program that trained r noted it in
// the record.
func (r *Run) command() string {
	command, _ := r.record().Notes["command"].(string)
	return command
}
