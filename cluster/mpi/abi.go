//go:build mpi && (linux || darwin)

package mpi

import (
	"fmt"
	"strings"
)

// abi is what the header mpi.h of a library says: its handles and constants, which differ between libraries.
type abi struct {
	name         string
	world        uintptr // MPI_COMM_WORLD
	bytes        uintptr // MPI_BYTE
	float        uintptr // MPI_FLOAT, for the self-test
	errorsReturn uintptr // MPI_ERRORS_RETURN
	noStatus     uintptr // MPI_STATUS_IGNORE
	serialized   uintptr // MPI_THREAD_SERIALIZED
}

var (
	// mpich is the ABI of MPICH 4 and 5, Intel MPI and MVAPICH, whose handles are numbers of 32 bits. The library
	// writes only the lower half of an 8-byte request.
	mpich = abi{"MPICH", 0x44000000, 0x4c00010d, 0x4c00040a, 0x54000001, 1, 2}

	// standard is the ABI of MPI 5.0, chapter 20, which several libraries offer beside their own.
	standard = abi{"the standard ABI", 0x101, 0x247, 0x210, 0x143, 0, 0x800}
)

// openMPI returns the ABI of Open MPI 4 to 6, whose handles are addresses of variables.
func openMPI(l *library) (abi, error) {
	a := abi{name: "Open MPI", serialized: 2}
	for _, s := range []struct {
		handle *uintptr
		symbol string
	}{
		{&a.world, "ompi_mpi_comm_world"},
		{&a.bytes, "ompi_mpi_byte"},
		{&a.float, "ompi_mpi_float"},
		{&a.errorsReturn, "ompi_mpi_errors_return"},
	} {
		var err error
		if *s.handle, err = l.symbol(s.symbol); err != nil {
			return abi{}, err
		}
	}
	return a, nil
}

// abiOf tells which ABI a library has. New MPICH and Open MPI have MPI_Abi_get_version in their own library as well,
// where it answers −1.
func abiOf(l *library, version string) (abi, error) {
	if get, err := l.symbol("MPI_Abi_get_version"); err == nil {
		var major, minor int32
		if code := abiVersion(get, &major, &minor); code == 0 && major == 1 {
			return standard, nil
		}
	}
	if _, err := l.symbol("ompi_mpi_comm_world"); err == nil {
		return openMPI(l)
	}
	for _, name := range []string{"MPICH", "Intel(R) MPI", "MVAPICH"} {
		if strings.Contains(version, name) {
			return mpich, nil
		}
	}
	return abi{}, fmt.Errorf("mpi: %s: the library %q has an ABI that is not known: want Open MPI, MPICH, Intel MPI, "+
		"MVAPICH, or the standard ABI", l.file, version)
}
