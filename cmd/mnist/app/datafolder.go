package app

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"anneal/data/source"
	"anneal/runs"
	"anneal/train"
)

// dataFolder returns the folder of the data set of a run that another machine, user or checkout may have begun. It is
// the one that the run noted, if that exists. Otherwise it is looked for under the ends of that path, from this folder
// and from those above the run, and where MNIST is; the data set found must be the run's, by the hash of its images.
func dataFolder(ctx context.Context, run string, was *runs.Record) (string, error) {
	noted, _ := was.Notes[noteData].(string)
	if noted == "" || source.IsName(noted) || exists(noted) {
		return noted, nil
	}
	for _, folder := range append(places(noted, run), "") {
		var spec source.Spec // MNIST's, which has no options
		if folder != "" {
			var err error
			if spec, err = source.Parse(withOptions(folder, was)); err != nil {
				return "", err
			}
		}
		// As the run read it: an autoencoder does not normalise as the data set does by itself.
		found, err := source.Load(ctx, spec, factsOf(was.Data()))
		if err == nil && train.IsData(ctx, was.Test, found.Test) {
			return folder, nil
		}
		if err := ctx.Err(); err != nil {
			return "", err
		}
	}
	return "", fmt.Errorf("the data of %s was in %s, which does not exist here, and neither MNIST nor any folder of that "+
		"name, here or above the run, has the same images: --data DIR names their folder", run, noted)
}

// places lists the folders that exist of those that an end of the path noted names, from this folder or from one
// above the run: most of the path first.
func places(noted, run string) []string {
	roots := []string{absolute(".")}
	for dir := absolute(run); dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		roots = append(roots, filepath.Dir(dir))
	}
	var ends, found []string
	for dir, end := noted, ""; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		end = filepath.Join(filepath.Base(dir), end)
		ends = append(ends, end)
	}
	for _, end := range slices.Backward(ends) {
		for _, root := range roots {
			if folder := filepath.Join(root, end); exists(folder) {
				found = append(found, folder)
			}
		}
	}
	return found
}
