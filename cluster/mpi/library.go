//go:build mpi && (linux || darwin)

package mpi

import (
	"cmp"
	"fmt"
	"os"
	"runtime"
	"strings"
	"unsafe"

	"github.com/ebitengine/purego"

	"anneal/cluster"
)

// library is an MPI library that is loaded: the addresses of its functions.
type library struct {
	file    string
	handle  uintptr
	version string // short, such as "Open MPI v4.1.4"
	abi     abi

	libraryVersion, initThread, commRank, commSize, setErrhandler, typeSize, isend, irecv, test, errorString, abort,
	finalize uintptr
}

// names lists the files of MPI libraries by launcher. Those with a version in their names are there without the
// packages for C programmers.
func names(by string) []string {
	ompi := []string{"libmpi.so.40"}
	hydra := []string{"libmpich.so.12", "libmpi.so.12"}
	other := []string{"libmpi_abi.so.1", "libmpi_abi.so.0", "libmpi.so"}
	if runtime.GOOS == "darwin" {
		ompi, hydra, other = inFolders("libmpi.40.dylib"), inFolders("libmpi.12.dylib"), inFolders("libmpi.dylib")
	}
	first, second := ompi, hydra
	if by == "MPICH" || by == "MVAPICH" {
		first, second = hydra, ompi
	}
	return append(append(first, second...), other...)
}

// inFolders returns where Homebrew and MacPorts have a library.
func inFolders(name string) []string {
	return []string{name, "/opt/homebrew/lib/" + name, "/usr/local/lib/" + name, "/opt/local/lib/" + name}
}

// load loads the MPI library that the options and the launcher ask for.
func load(file, launcher string) (*library, error) {
	// UCX, on which MPICH and Open MPI may stand, would take SIGSEGV: a nil dereference that Go recovers would end the
	// program.
	if _, set := os.LookupEnv("UCX_ERROR_SIGNALS"); !set {
		os.Setenv("UCX_ERROR_SIGNALS", "")
	}
	list := names(launcher)
	if file = cmp.Or(file, os.Getenv(Variable)); file != "" {
		list = []string{file}
	}
	var first error
	for _, name := range list {
		handle, err := purego.Dlopen(name, purego.RTLD_NOW|purego.RTLD_GLOBAL)
		if err == nil {
			l := &library{file: name, handle: handle}
			return l, l.bind()
		}
		first = cmp.Or(first, err)
	}
	return nil, fmt.Errorf("mpi: %w: %w", ErrNoLibrary, first)
}

// bind looks up the functions and tells the ABI.
func (l *library) bind() (err error) {
	for _, f := range []struct {
		address *uintptr
		name    string
	}{
		{&l.libraryVersion, "MPI_Get_library_version"},
		{&l.initThread, "MPI_Init_thread"},
		{&l.commRank, "MPI_Comm_rank"},
		{&l.commSize, "MPI_Comm_size"},
		{&l.setErrhandler, "MPI_Comm_set_errhandler"},
		{&l.typeSize, "MPI_Type_size"},
		{&l.isend, "MPI_Isend"},
		{&l.irecv, "MPI_Irecv"},
		{&l.test, "MPI_Test"},
		{&l.errorString, "MPI_Error_string"},
		{&l.abort, "MPI_Abort"},
		{&l.finalize, "MPI_Finalize"},
	} {
		if *f.address, err = l.symbol(f.name); err != nil {
			return err
		}
	}
	text, length := make([]byte, 1<<14), int32(0) // the longest is 8192
	if code := call(
		l.libraryVersion, uintptr(unsafe.Pointer(&text[0])), uintptr(unsafe.Pointer(&length)),
	); code != 0 {
		return fmt.Errorf("mpi: %s: MPI_Get_library_version returned %d", l.file, code)
	}
	long := strings.TrimRight(string(text[:length]), "\x00")
	l.version = short(long)
	l.abi, err = abiOf(l, long)
	return err
}

// short returns the name and the number of a library's version text, which may have several lines.
func short(version string) string {
	line, _, _ := strings.Cut(version, "\n")
	line, _, _ = strings.Cut(line, ",")
	return strings.Join(strings.Fields(strings.Replace(line, " Version:", "", 1)), " ")
}

// symbol returns the address of a function or variable of the library.
func (l *library) symbol(name string) (uintptr, error) {
	address, err := purego.Dlsym(l.handle, name)
	if err != nil || address == 0 {
		return 0, fmt.Errorf("mpi: %s is no MPI library that serves: it has no %s", l.file, name)
	}
	return address, nil
}

// check returns an error for a code that is not MPI_SUCCESS.
func (l *library) check(function string, code int32) error {
	if code == 0 {
		return nil
	}
	text, length := make([]byte, 1<<14), int32(0)
	call(l.errorString, uintptr(code), uintptr(unsafe.Pointer(&text[0])), uintptr(unsafe.Pointer(&length)))
	return fmt.Errorf("%s: %s: %s", l.version, function, strings.TrimRight(string(text[:length]), "\x00"))
}

// doNotBelong is the error for a library that does not see the ranks that the launcher has started.
func (l *library) doNotBelong(by cluster.Launch, sees int) error {
	return fmt.Errorf("mpi: %v, but %s (%s) sees %d: launcher and library do not belong together; start the program "+
		"with the mpirun of %s, or set %s to the library of the launcher",
		by, l.file, l.version, sees, l.version, Variable)
}
