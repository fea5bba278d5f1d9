package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"

	"github.com/sirupsen/logrus"

	"anneal/cluster"
	"anneal/cluster/mpi"
	"anneal/runs"
	"anneal/train"
)

// joined returns the ranks that train together with this process, if a launcher such as mpirun has started it as one of
// several; else nil. It connects them when it is first called.
var joined = sync.OnceValues(func() (cluster.Group, error) {
	launch := cluster.Launched()
	if launch.Size < 2 || os.Getenv(mpi.Variable) == mpi.Off {
		return nil, nil
	}
	group, err := mpi.Open(mpi.Options{})
	if errors.Is(err, mpi.ErrNotBuilt) {
		err = fmt.Errorf("%v: %w; for %d programs that each train by themselves, set %s=%s",
			launch, err, launch.Size, mpi.Variable, mpi.Off)
	}
	return group, err
})

// errTold ends a rank whose error another one prints, or that has printed it already.
var errTold = errors.New("told by another rank")

// together trains in all ranks of a group. If one of them fails, so do the others.
func (t *trainCmd) together(ctx context.Context, c *console, group cluster.Group) error {
	if !first(group) {
		t.Live, t.Tensorboard = "", false
	}
	err := t.train(ctx, c, group)
	if err == nil || errors.Is(err, errInterrupted) || allKnow(err) {
		if closing := group.Close(nil); closing != nil {
			return closing
		}
		return told(group, err)
	}
	c.program.fail(c.stderr, fmt.Sprintf("%v: %s", group, message(err)), exitFailed)
	return errors.Join(errTold, group.Close(err)) // MPI ends this process
}

// refusedTogether returns the error of a command line that is wrong, or errTold in all ranks but the first if several
// are to train together.
func refusedTogether(err error, args []string) error {
	if len(args) > 0 && args[0] != "train" && !strings.HasPrefix(args[0], "-") {
		return err
	}
	group, joining := joined()
	if joining != nil || group == nil {
		return err
	}
	told := told(group, agree(group, err))
	return cmp.Or(group.Close(nil), told)
}

// allKnow reports whether an error is the same in all ranks, so that none waits for another.
func allKnow(err error) bool {
	agreed := (*cluster.Agreed)(nil)
	return errors.As(err, &agreed) || errors.Is(err, train.ErrDiverged) || errors.Is(err, train.ErrApart)
}

// told returns an error that all ranks know as rank 0 prints it; the others keep silent.
func told(group cluster.Group, err error) error {
	if !first(group) && err != nil && allKnow(err) {
		return errTold
	}
	return err
}

// groupLog returns the log of a rank, which is rank 0's alone, and logs who trains together.
func (c *console) groupLog(f logFlags, group cluster.Group) *logrus.Logger {
	log := c.log(f)
	if group == nil {
		return log
	}
	if !first(group) {
		log.SetOutput(io.Discard)
	}
	log.Infof("%v: the batches of each update are dealt to %d ranks", group, group.Size())
	if runtime.NumCPU() == 1 {
		log.Warn("this rank has one processor: if the machine has more, mpirun has bound it to one, " +
			"and mpirun --bind-to none gives it all")
	}
	return log
}

// first reports whether this process does what only one of a group does.
func first(group cluster.Group) bool { return group == nil || group.Rank() == 0 }

// agree returns, in all ranks, an error if one of them has one, such as that it was asked to stop.
func agree(group cluster.Group, err error) error {
	if group == nil {
		return err
	}
	return cluster.Agree(context.Background(), group, err)
}

// ofFirst returns, in all ranks, what get returns in rank 0.
func ofFirst(group cluster.Group, get func() (string, error)) (string, error) {
	if group == nil {
		return get()
	}
	ctx, text, failure := context.Background(), "", error(nil)
	if first(group) {
		text, failure = get()
	}
	if err := cluster.Agree(ctx, group, failure); err != nil {
		return "", err
	}
	message, err := cluster.Broadcast(ctx, group, []byte(text), 0)
	return string(message), err
}

// readResumed returns config.json of the run that is resumed. Only rank 0 needs to see the folder.
func readResumed(group cluster.Group, dir string) (*runs.Record, error) {
	if group == nil {
		return runs.ReadRecord(dir)
	}
	text, err := ofFirst(group, func() (string, error) {
		record, err := runs.ReadRecord(dir)
		if err != nil {
			return "", err
		}
		return record.JSON(), nil
	})
	if err != nil {
		return nil, err
	}
	return runs.ParseRecord([]byte(text))
}

// lost adds to an error of a group how to go on with a run that has a checkpoint.
func (p *program) lost(err error, dir string) error {
	if failure := (*cluster.Error)(nil); !errors.As(err, &failure) {
		return err
	}
	return fmt.Errorf("%w; to continue from the last checkpoint: %s train --resume %s",
		err, p.typed(), quote(dir))
}
