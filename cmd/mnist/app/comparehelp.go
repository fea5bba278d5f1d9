package app

// moreTexts are help texts of compare, and of flags that it does not have, as helpTexts.
var moreTexts = map[string]string{
	"search": "Search instead of training all combinations: random, or asha, which stops settings that are behind on " +
		"the validation images. Several values of a flag are then choices, and numbers may be ranges: log(1e-4, 1), " +
		"uniform(0, 0.99), integer(1, 4), log_integer(16, 256) or choice(0, 0.9), as in --lr 'log(1e-4, 1)' and " +
		"--solver 'SGD(lr=0.1, momentum=uniform(0, 0.99))'.",
	"curve": "Draw the curve as text: auto, which is on a terminal, always or never.",
	"budget": "How much a search trains: runs, as in 60, epochs of all runs, as in '200 epochs', or time of all runs, " +
		"as in 2h30m.",
	"share": "Do share K of N of the study, in a folder that N programs have in common, on any machines. A share that " +
		"is started again continues. auto: as a Slurm array, mpirun or srun says; auto/N: of N, also as an indexed " +
		"Kubernetes Job says.",
	"stay": "How long the page of --live stays when the run is over, such as 30m. Default: on a terminal until Ctrl-C " +
		"or Close on the page, else not at all.",
	"collect": "Train nothing: write the results of what the shares have trained. Runs that have not ended are an " +
		"error.",
}
