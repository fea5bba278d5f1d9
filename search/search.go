// Package search suggests settings to try, decides which of them are worth more training, and tells afterwards which
// settings mattered. It trains nothing and reads no files: results come in as numbers, decisions go out.
//
// A Space lists what a search varies. It is written as texts with ranges in place of numbers, such as
// SGD(lr=log(1e-4, 1), momentum=uniform(0, 0.99)). A range inside one of several choices has a value only where that
// choice is taken. A Trial is one suggestion, drawn independently of all others (random search: Bergstra and Bengio,
// Random Search for Hyper-Parameter Optimization, JMLR 13, 2012).
//
// A Plan says which trials run for how many epochs. With one rung it is random search. With several it is ASHA (Li et
// al., A System for Massively Parallel Hyperparameter Tuning, MLSys 2020): many trials begin, and one in Reduction goes
// on to the next rung. Its decisions depend on the seed and on the results, and on nothing else: neither the number of
// workers nor the order in which they finish changes them.
//
// Scores are better when they are larger, and NaN stands for a run that diverged. Trials, rungs and jobs are counted
// from 0.
package search
