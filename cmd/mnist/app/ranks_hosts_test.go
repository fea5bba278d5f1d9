//go:build mpi && linux

package app

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"anneal/cluster/mpi"
)

// hosts makes two network namespaces with a cable between them, each a machine with a name of its own, and returns a
// script that runs a command on the first and one that runs a command on the machine with an address, as ssh does. It
// skips t where that is not allowed.
func hosts(t *testing.T) (first, agent string) {
	t.Helper()
	dir, name := t.TempDir(), fmt.Sprint("anneal", os.Getpid()%10000)
	do := func(command string) error {
		words := strings.Fields(command)
		out, err := exec.Command(words[0], words[1:]...).CombinedOutput()
		if err != nil {
			return fmt.Errorf("%s: %w: %s", command, err, out)
		}
		return nil
	}
	for _, n := range []string{"1", "2"} {
		if err := do("ip netns add " + name + n); err != nil {
			t.Skipf("network namespaces need root and iproute2: %v", err)
		}
		t.Cleanup(func() { _ = do("ip netns del " + name + n) })
	}
	for _, command := range []string{
		"ip link add NAME1 netns NAME1 type veth peer name NAME2 netns NAME2",
		"ip -n NAME1 addr add 192.0.2.1/24 dev NAME1", "ip -n NAME2 addr add 192.0.2.2/24 dev NAME2",
		"ip -n NAME1 link set NAME1 up", "ip -n NAME2 link set NAME2 up",
		"ip -n NAME1 link set lo up", "ip -n NAME2 link set lo up",
	} {
		if err := do(strings.ReplaceAll(command, "NAME", name)); err != nil {
			t.Skip(err)
		}
	}
	on := func(host, run string) string {
		return "exec ip netns exec " + host + ` unshare --uts sh -c 'hostname "$0"; ` + run + "' " + host + ` "$@"` + "\n"
	}
	first, agent = filepath.Join(dir, "first"), filepath.Join(dir, "agent")
	write(t, first, []byte("#!/bin/sh\n"+on(name+"1", `exec "$@"`)))
	write(t, agent, []byte("#!/bin/sh\n[ $1 != -x ] || shift\nhost=$1\nshift\n"+
		"case $host in *.1)\n"+on(name+"1", `eval "$*"`)+";; esac\n"+on(name+"2", `eval "$*"`)))
	for _, script := range []string{first, agent} {
		if err := os.Chmod(script, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	return first, agent
}

// TestRanksHosts trains on two machines under both MPIs, with the weights of one process.
func TestRanksHosts(t *testing.T) {
	first, agent := hosts(t)
	dir, settings := t.TempDir(), ranksSettings(t)
	job := func(library string, words string, args ...string) *exec.Cmd {
		c := mpirun(t, library, 2, dir, append(args, settings...)...)
		args = append([]string{first, "timeout", "-k", "5", "60", c.Path}, strings.Fields(words)...)
		c.Path, c.Args = first, append(args, c.Args[1:]...)
		return c
	}
	openMPI := "--mca plm_rsh_agent " + agent + " --host 192.0.2.1,192.0.2.2 --mca btl self,tcp"
	for _, name := range []string{mpi.TimeoutVariable, asProgram, "HWLOC_COMPONENTS"} {
		openMPI += " -x " + name
	}
	mpich := "-launcher ssh -launcher-exec " + agent + " -hosts 192.0.2.1,192.0.2.2"
	ends(t, command(t, dir, append([]string{"--out", "alone", "--epochs", "2"}, settings...)...), true)
	want := weightsOf(t, filepath.Join(dir, "alone"))
	for library, words := range map[string]string{"openmpi": openMPI, "mpich": mpich} {
		out := ends(t, job(library, words, "--out", library, "--epochs", "2"), true)
		if got := weightsOf(t, filepath.Join(dir, library)); got != want {
			t.Errorf("%s: got %s, want %s:\n%s", library, got, want, out)
		}
	}
}
