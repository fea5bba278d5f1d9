package cluster

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Share returns which part of how many, counted from 0, this process is to do, as its launcher says: a task of a Slurm
// array, a pod of an indexed Job of Kubernetes, a rank of mpirun or srun, or a rank within one of the former, which are
// multiplied. of is the number of parts if somebody knows it, as for Kubernetes, whose pods are not told, or 0. What
// the launcher says of the number must agree.
func Share(of int) (index, parts int, err error) {
	index, parts = 0, 1
	var by []string
	slurm, isArray, err := slurmTask()
	if err != nil {
		return 0, 0, err
	}
	pod := os.Getenv("JOB_COMPLETION_INDEX")
	launch := Launched()
	inner := max(1, launch.Size) // ranks within a task or a pod
	switch {
	case isArray:
		index, parts, by = slurm.index, slurm.of, append(by, slurm.String())
	case pod != "":
		n, err := strconv.Atoi(pod)
		if err != nil || n < 0 {
			return 0, 0, fmt.Errorf("cluster: JOB_COMPLETION_INDEX is %q: want a whole number of at least 0", pod)
		}
		if of == 0 {
			return 0, 0, fmt.Errorf("cluster: JOB_COMPLETION_INDEX is %d, and nothing says of how many: give their number, "+
				"the job's completions", n)
		}
		index, parts, by = n, of/inner, append(by, fmt.Sprintf("JOB_COMPLETION_INDEX is %d", n))
	}
	if launch.By != "" {
		index, parts = index*inner+launch.Rank, parts*inner
		by = append(by, "the process was "+launch.String())
	}
	said := strings.Join(by, " and ")
	switch {
	case by == nil:
		return 0, 0, fmt.Errorf("cluster: nothing says which part this process is: there is no SLURM_ARRAY_TASK_ID, no " +
			"JOB_COMPLETION_INDEX, and no rank of mpirun or srun, such as OMPI_COMM_WORLD_RANK or PMI_RANK")
	case of > 0 && of != parts:
		return 0, 0, fmt.Errorf("cluster: %s, which makes %d parts: want %d, as was given", said, parts, of)
	case index >= parts:
		return 0, 0, fmt.Errorf("cluster: %s, but there are %d: want a number below that", said, parts)
	}
	return index, parts, nil
}

// slurmArray is a task of a Slurm array.
type slurmArray struct{ id, index, of int }

func (s slurmArray) String() string {
	return fmt.Sprintf("SLURM_ARRAY_TASK_ID is %d, task %d of %d", s.id, s.index+1, s.of)
}

// slurmTask returns the task of a Slurm array that this process is, whose numbers are evenly spaced.
func slurmTask() (task slurmArray, is bool, err error) {
	if os.Getenv("SLURM_ARRAY_TASK_ID") == "" {
		return task, false, nil
	}
	numbers := map[string]int{"SLURM_ARRAY_TASK_STEP": 1} // older versions of Slurm do not set it
	for _, name := range []string{"ID", "MIN", "MAX", "COUNT", "STEP"} {
		name = "SLURM_ARRAY_TASK_" + name
		text := os.Getenv(name)
		if _, preset := numbers[name]; text == "" && preset {
			continue
		}
		if numbers[name], err = strconv.Atoi(text); err != nil {
			return task, false, fmt.Errorf("cluster: %s is %q: want a whole number", name, text)
		}
	}
	first, last, step := numbers["SLURM_ARRAY_TASK_MIN"], numbers["SLURM_ARRAY_TASK_MAX"], numbers["SLURM_ARRAY_TASK_STEP"]
	task.id, task.of = numbers["SLURM_ARRAY_TASK_ID"], numbers["SLURM_ARRAY_TASK_COUNT"]
	if task.of > 1 && step > 0 && (last-first)/step+1 != task.of {
		step = (last - first) / (task.of - 1)
	}
	if task.of < 2 || step < 1 || (last-first)/step+1 != task.of || (task.id-first)%step != 0 || task.id < first {
		return task, false, fmt.Errorf("cluster: SLURM_ARRAY_TASK_ID is %d, one of %d from %d to %d: want an array of at "+
			"least two tasks at even distances, such as --array=0-47; for some of them again, say which share of how many",
			task.id, task.of, first, last)
	}
	task.index = (task.id - first) / step
	return task, true, nil
}
