package train

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"anneal/cluster"
	"anneal/internal/bounded"
	"anneal/runs"
)

// sendFolder returns where this rank finds the run to resume: from itself in rank 0 or without a group. The other
// ranks need no disk in common with it: they get a copy of what they read of the folder, which forget removes.
func (c Config) sendFolder(ctx context.Context, from string) (own string, forget func(), err error) {
	if c.Group == nil || c.Group.Size() == 1 {
		return from, func() {}, nil
	}
	checkpoint := from
	if dir := runs.Folder(from); dir == from {
		checkpoint = filepath.Join(dir, runs.LastFile)
	}
	temp := ""
	if c.Group.Rank() > 0 {
		if temp, err = os.MkdirTemp("", "anneal-resume-"); err != nil {
			return "", nil, fmt.Errorf("train: resume: %w", err)
		}
	}
	forget = func() {
		if temp != "" {
			os.RemoveAll(temp)
		}
	}
	for _, f := range []struct{ from, to string }{
		{filepath.Join(runs.Folder(from), runs.ConfigFile), runs.ConfigFile},
		{filepath.Join(runs.Folder(from), runs.MetricsFile), runs.MetricsFile},
		{checkpoint, runs.LastFile},
	} {
		if err = c.sendFile(ctx, f.from, filepath.Join(temp, f.to)); err != nil {
			forget()
			return "", nil, fmt.Errorf("train: resume: %w", err)
		}
	}
	if temp != "" {
		return temp, forget, nil
	}
	return from, forget, nil
}

// sendFile sends a file of rank 0 to the other ranks, which write it.
func (c Config) sendFile(ctx context.Context, from, to string) error {
	var content []byte
	var err error
	if c.Group.Rank() == 0 {
		if content, err = bounded.ReadFile(from, bounded.Most); err != nil {
			return err
		}
	}
	if content, err = cluster.Broadcast(context.WithoutCancel(ctx), c.Group, content, 0); err != nil {
		return err
	}
	if c.Group.Rank() > 0 {
		return os.WriteFile(to, content, 0o666)
	}
	return nil
}
