package report

// command is what to type to repeat r in a new folder, as the program that trained it notes it in its record; "" if
// it does not.
func (r *Run) command() string {
	command, _ := r.record().Notes["command"].(string)
	return command
}
