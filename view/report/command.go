package report

import "strings"

// command returns the command that repeats r in a new folder. It is "" unless the program that trained r noted it in
// the record.
func (r *Run) command() string {
	command, _ := r.record().Notes["command"].(string)
	return command
}

// words cuts a command before each flag, so that a line of it does not end within one.
func words(command string) []string {
	list := strings.Split(command, " --")
	for i := range list[1:] {
		list[i+1] = "--" + list[i+1]
	}
	return list
}
