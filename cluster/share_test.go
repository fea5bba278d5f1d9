package cluster

import (
	"strings"
	"testing"
)

func TestShare(t *testing.T) {
	variables := []string{
		"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_MAX",
		"SLURM_ARRAY_TASK_STEP", "JOB_COMPLETION_INDEX",
	}
	for _, l := range launchers {
		variables = append(variables, l.rank, l.size)
	}
	const (
		array = "SLURM_ARRAY_TASK_ID=5 SLURM_ARRAY_TASK_COUNT=8 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=7"
		ranks = "OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=4"
	)
	for _, tt := range []struct {
		environment string
		of          int
		index       int
		parts       int
		want        string // of the error
	}{
		{array, 0, 5, 8, ""},
		{array, 8, 5, 8, ""},
		{array, 9, 0, 0, "SLURM_ARRAY_TASK_ID is 5, task 6 of 8, which makes 8 parts: want 9"},
		{
			"SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=8 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=8 " +
				"SLURM_ARRAY_TASK_STEP=1", 0, 2, 8, "",
		},
		{
			"SLURM_ARRAY_TASK_ID=8 SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=8 " +
				"SLURM_ARRAY_TASK_STEP=4", 0, 2, 3, "",
		},
		{
			"SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=7", 0, 0, 0,
			"SLURM_ARRAY_TASK_ID is 3, one of 3 from 1 to 7: want an array of at least two tasks at even distances",
		},
		{
			"SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_COUNT=1 SLURM_ARRAY_TASK_MIN=7 SLURM_ARRAY_TASK_MAX=7", 0, 0, 0,
			"for some of them again, say which share of how many",
		},
		{"SLURM_ARRAY_TASK_ID=x", 0, 0, 0, `SLURM_ARRAY_TASK_ID is "x": want a whole number`},
		{"SLURM_ARRAY_TASK_ID=3", 0, 0, 0, `SLURM_ARRAY_TASK_MIN is "": want a whole number`},
		{"JOB_COMPLETION_INDEX=2", 6, 2, 6, ""},
		{"JOB_COMPLETION_INDEX=2", 0, 0, 0, "nothing says of how many: give their number, the job's completions"},
		{"JOB_COMPLETION_INDEX=6", 6, 0, 0, "JOB_COMPLETION_INDEX is 6, but there are 6: want a number below that"},
		{"JOB_COMPLETION_INDEX=-1", 6, 0, 0, `JOB_COMPLETION_INDEX is "-1"`},
		{ranks, 0, 1, 4, ""},
		{ranks, 3, 0, 0, "started by Open MPI as rank 1 of 4, which makes 4 parts: want 3"},
		{"PMI_RANK=0 PMI_SIZE=2", 0, 0, 2, ""},
		{"SLURM_PROCID=2 SLURM_STEP_NUM_TASKS=3", 0, 2, 3, ""},
		{array + " " + ranks, 0, 21, 32, ""},
		{"JOB_COMPLETION_INDEX=2 " + ranks, 12, 9, 12, ""},
		{"JOB_COMPLETION_INDEX=2 " + ranks, 13, 0, 0, "which makes 12 parts: want 13"},
		{"", 0, 0, 0, "there is no SLURM_ARRAY_TASK_ID, no JOB_COMPLETION_INDEX, and no rank"},
	} {
		for _, name := range variables {
			t.Setenv(name, "")
		}
		for _, pair := range strings.Fields(tt.environment) {
			name, value, _ := strings.Cut(pair, "=")
			t.Setenv(name, value)
		}
		index, parts, err := Share(tt.of)
		if tt.want == "" && (err != nil || index != tt.index || parts != tt.parts) {
			t.Errorf("%s, %d: got %d of %d, %v, want %d of %d", tt.environment, tt.of, index, parts, err, tt.index, tt.parts)
		} else if tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s, %d: got %v, want %s", tt.environment, tt.of, err, tt.want)
		}
	}
}
