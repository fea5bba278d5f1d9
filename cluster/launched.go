package cluster

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

const openMPI = "Open MPI"

// Launch says how this process was started as one of several.
type Launch struct {
	By         string // "Open MPI", "MPICH", "MVAPICH", "PMIx" or "Slurm"; "": nobody started it as one of several
	Rank, Size int
}

// launchers lists the variables in which launchers tell a process its rank and the number of ranks. mpirun under Slurm
// sets its own as well, so Slurm's come last. Slurm sets those of a step for the processes of srun alone, not for a
// batch script.
var launchers = []struct{ by, rank, size string }{
	{openMPI, "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"},
	{"MVAPICH", "MV2_COMM_WORLD_RANK", "MV2_COMM_WORLD_SIZE"},
	{"MPICH", "PMI_RANK", "PMI_SIZE"},
	{"PMIx", "PMIX_RANK", "SLURM_STEP_NUM_TASKS"},
	{"Slurm", "SLURM_PROCID", "SLURM_STEP_NUM_TASKS"},
}

// Launched returns what the environment says about who started this process: mpirun of Open MPI, of MPICH or of a
// library that descends from it, or srun of Slurm.
func Launched() Launch {
	for _, l := range launchers {
		rank, err := strconv.Atoi(os.Getenv(l.rank))
		size, sizeErr := strconv.Atoi(os.Getenv(l.size))
		if err == nil && sizeErr == nil && size > 0 {
			return Launch{l.by, rank, size}
		}
	}
	return Launch{}
}

func (l Launch) String() string {
	if l.By == "" {
		return "one process"
	}
	return fmt.Sprintf("started by %s as rank %d of %d", l.By, l.Rank, l.Size)
}

// Grace returns how long after it asks its processes to stop a launcher kills them, or 0 if that is not known. Open MPI
// does so, when it is asked to stop itself or one of the processes has died, after a second, or what its parameter
// odls_base_sigkill_timeout says.
func (l Launch) Grace() time.Duration {
	if l.By != openMPI {
		return 0
	}
	for _, name := range []string{"OMPI_MCA_odls_base_sigkill_timeout", "PRTE_MCA_odls_base_sigkill_timeout"} {
		if seconds, err := strconv.Atoi(os.Getenv(name)); err == nil && seconds > 0 {
			return time.Duration(seconds) * time.Second
		}
	}
	return time.Second
}
