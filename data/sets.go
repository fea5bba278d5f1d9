package data

// Sets are the parts of a data set.
type Sets struct {
	Train Dataset // to train on
	Valid Dataset // to choose by; nil: the data set has no such part
	Test  Dataset // to report on

	From    string   // where it comes from: an absolute path, or the spec of a generated set
	Skipped int      // rows or files that were bad and left out
	Notes   []string // what was taken for granted, a sentence each
	Missing []int    // of a table: how many cells are missing in the training part, by column of Facts.Columns
}
