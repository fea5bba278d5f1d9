package app

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/alecthomas/kong"

	"anneal/data/source"
)

// insertHelp puts helpTexts where help tags name them, and the program's own default of --model in its place. The texts
// are no kong.Vars: kong copies and scans all variables for every flag, which takes 40 ms at each start of the program.
func (p *program) insertHelp() kong.Option {
	return kong.PostBuild(func(k *kong.Kong) error {
		pairs := []string{"${data}", p.dataHelp()}
		defaults := strings.NewReplacer("${model_default}", p.model, "${shape_default}", p.shape.String())
		for _, texts := range []map[string]string{helpTexts, moreTexts} {
			for name, text := range texts {
				pairs = append(pairs, "${"+name+"}", defaults.Replace(text))
			}
		}
		insert := strings.NewReplacer(pairs...)
		return kong.Visit(k.Model.Node, func(v kong.Visitable, next kong.Next) error {
			switch v := v.(type) {
			case *kong.Node:
				v.Help = insert.Replace(v.Help)
				p.arrange(v)
			case *kong.Value:
				v.Help = insert.Replace(v.Help)
			case *kong.Flag:
				p.setDefault(v)
				v.Help = insert.Replace(v.Help)
			}
			return next(nil)
		})
	})
}

// setDefault gives a flag the program's default in place of mnist's.
func (p *program) setDefault(flag *kong.Flag) {
	switch {
	case !flag.HasDefault:
	case flag.Name == "model" && p.model != standardModel:
		flag.Default = p.model
	case flag.Name == "shape":
		flag.Default = p.shape.String()
	}
}

// dataHelp returns the help of --data, with the program's own sets and default.
func (p *program) dataHelp() string {
	text := helpTexts["data"]
	if own := source.Registered(); len(own) > 0 {
		text += " Of this program:"
		for i, s := range own {
			if i > 0 {
				text += ";"
			}
			text += fmt.Sprintf(" %s, %s", s.Name, s.About)
		}
		text += "."
	}
	return text + " Default: " + cmp.Or(p.data, "MNIST itself") + "."
}

// helpTexts are the help texts of flags that are longer than a line, or that several commands share. A flag has its
// text as help:"${name}".
var helpTexts = map[string]string{
	// Commands.
	"compare_command": "Train models, solvers, schedules, learning rates, batch sizes and augmentations with several " +
		"seeds each, side by side, and compare them.",
	"board_command": "Serve a page with all runs in a folder: what they did, how they differ, which are under way; to " +
		"filter, compare, name and delete.",
	"summary_command": "Print a network's layers, shapes, parameters, FLOPs and memory, and draw its graph.",
	"lrfind_command": "Try learning rates, first in a sweep from low to high, then in short trainings with several " +
		"seeds, and recommend one.",
	"version_command": "Print the versions of the program and of Go, the platform, and the kernels in use; or licences.",
	"resume_check_command": "Check that a run with these settings computes the same bits when it is stopped and " +
		"resumed. By default it has 6 epochs of 1000 images.",
	"recalibrate_command": "Recompute batch normalization's statistics exactly, over all training images, and write " +
		"a copy of the weights with them.",

	// What is trained.
	"recipe": "Settings that come with the program, such as best or fast, or those of a YAML file whose keys are flags. " +
		"Other flags override them. The recipes command lists and prints them.",
	"model": "The network to train; see the models command.",
	"norm": "The normalization of lenet-bn or mlp-bn: batch, group(4), layer, instance, rms, renorm, ghost(16) or none. " +
		"Inside the cell of gru-row and lstm-row: layer, batch or none. Default: the network's own.",
	"solver": "The solver, as PyTorch writes it, such as Adam(lr=1e-3).",
	"schedule": "How the learning rate changes, as PyTorch writes it, such as ExponentialLR(0.9); none keeps it " +
		"constant. Default: ${default}.",
	"batch": "Images per batch. One batch is one step, unless --accumulate is set.",
	"seed":  "Random seed for the initial weights, the order of the images, augmentation and dropout.",
	"augment": "Random changes to the training images, as torchvision writes them, such as 'RandomAffine(10, " +
		"translate=(0.1, 0.1))'.",
	"accumulate": "Take one step per N batches, along the mean gradient of their images. Batch normalization still " +
		"sees one batch at a time, so the result is not that of a larger batch.",
	"scale_lr": "Multiply the learning rates, those of --group and of the schedule too, by n (linear) or √n (sqrt), " +
		"where a step takes n times the images of --reference-batch, --batch times --accumulate. linear wants a warm-up " +
		"first: WarmupLR.",
	"reference_batch": "Images per step that solver and schedule were chosen for. Default: those of the recipe, or 64.",
	"train_fraction": "Train on this share of the training images, such as 0.01, in which each class has its share. " +
		"--valid-seed decides which; validation images are set aside before.",
	"sample": "balanced draws as many images per epoch as there are, with replacement, each class as often as the " +
		"others.",
	"class_weights": "Weights of the classes in the training loss: one number per class, as in 1,5, or balanced for " +
		"N/(classes·images of the class).",
	"workers": "Read, decode and augment training samples with N goroutines. Results do not depend on it. Default: one " +
		"per processor for files; images in memory are read in the moments in which training leaves a processor idle.",
	"ahead": "Prepare N batches while training uses another. Each takes the memory of a batch; results do not depend " +
		"on it. Default: 2.",
	"drop_last": "Leave out the last batch of an epoch if it is smaller than the others. Shuffling leaves out other " +
		"images in every epoch.",
	"data": "Where the data is: a folder of pictures by class, IDX files with MNIST's four names, CIFAR, a table " +
		"(.csv, .tsv), .npz, .npy, or a generated set such as 'make_moons(noise=0.1)'. Options follow a question mark: " +
		"houses.csv?target=price&test=0.1. docs/data.md lists them.",
	"target": "The column of a table to predict.",
	"task": "What the target is: classes or numbers. Default: classes if it is text or has at most 20 different whole " +
		"numbers, otherwise numbers.",
	"groups": "The column of a table whose equal values, such as one patient's, stay on one side of every division: " +
		"test, --valid and --fold. The network does not see it.",
	"image_size": "Scale and crop the pictures of a folder to this height and width, such as 32 or 32x48. Default: " +
		"their own size, which must be the same for all.",
	"skip_bad": "Leave out rows and pictures that cannot be read, and count them. Otherwise the first is an error.",
	"init": "Start from the weights in FILE: safetensors with PyTorch's parameter names, a checkpoint, or a state " +
		"dict saved by torch.save (.pt, .pth).",
	"init_only": "Load only the parameters whose names match, such as 'conv*'. Repeatable.",
	"reinit": "Initialise the parameters whose names match instead of loading them from --init, such as 'fc2*' for a " +
		"last layer of another size. Repeatable.",
	"valid": "Hold out N of the training images, or a share such as 0.1, to choose by: none, 0 or a number. Default: " +
		"5000, or a twelfth of less than 60,000, if anything chooses: ReduceLROnPlateau, --patience, --best or a " +
		"comparison of settings; otherwise none.",
	"valid_fold": "Cross-validation: cut the training images into N parts of equal size, hold out part K, and train " +
		"on the others: 1/5, 2/5 and so on. Each image is held out in one of the N runs. --valid-seed decides.",
	"valid_seed": "Which training images to hold out. It does not depend on --seed, so that runs with different seeds " +
		"train on the same images. Default: ${default}.",
	"choose_by": "What ReduceLROnPlateau, --patience, best.safetensors and the ranking of settings go by: validation, " +
		"or test, which makes results on the test set better than they are on new images, or nothing. Default: " +
		"validation, if anything chooses.",
	"best": "Keep the weights of the best epoch in best.safetensors, by accuracy, loss or one of --metrics. --patience " +
		"watches it, too, and so does a ReduceLROnPlateau whose mode fits. Default: accuracy, if anything else chooses.",
	"run_metrics": "Also measure these after every epoch, on the test and validation images: accuracy, top(k=5), f1, " +
		"roc_auc, average_precision, perplexity, ece, separated by commas, such as 'f1, top(k=3)'. Repeatable. " +
		"docs/metrics.md says what they are.",
	"eval_metrics": "Also print these: accuracy, top(k=5), f1, roc_auc, average_precision, perplexity, ece, separated " +
		"by commas, such as 'f1, top(k=3)'. Repeatable.",
	"diagnostics": "Examine the network after every epoch: percentiles of pre-activations and gradients, dead ReLUs, " +
		"sizes of updates, and how far batch normalization's running statistics lag. The results go to metrics.jsonl " +
		"and the report.",
	"label_smoothing": "Spread this share of each training label, such as 0.1, over all classes. The test loss is " +
		"computed without smoothing.",
	"ema": "Keep an exponential moving average, with a decay such as 0.999, of the weights and of batch " +
		"normalization's statistics. It is tested after every epoch as the weights are, and saved as " +
		"ema.safetensors.",
	"swa": "Stochastic weight averaging: keep the equal average of the weights, and of batch normalization's " +
		"statistics, as they are at the end of this epoch, counted from 1, and of each later one. It is tested after " +
		"those epochs as the weights are, and saved as swa.safetensors.",
	"patience": "Stop early after N epochs in which the --best metric of the weights did not improve. The average " +
		"that --ema or --swa keeps does not count.",
	"min_delta": "With --patience: count only improvements of more than X, in nats with --best=loss, in its own unit " +
		"with a metric, otherwise as a share of the test images, such as 0.001.",

	// What data examines and a contact sheet shows.
	"data_command": "Print what a data set holds: samples of each class, statistics, equal samples. Draw its samples, " +
		"also augmented.",
	"parts_valid": "Hold out N of the training samples, or a share such as 0.1, as train does: none, 0 or a number. " +
		"Default: the data's own validation part, if it has one.",
	"sheet": "Draw a contact sheet as .png: samples of each class of the training set or, with --augment, some images " +
		"and what becomes of them in the first epochs. An existing file is replaced.",
	"sheet_augment": "Random changes to draw, as for training.",
	"sheet_rows":    "Images of a sheet with --augment, one of each class first.",
	"sheet_columns": "Samples per class, or epochs with --augment.",

	// How parameters are treated.
	"group": "Settings for the parameters whose names match, such as 'conv*: lr=0.5, weight_decay=1e-4'. lr is a " +
		"factor of the solver's rate; l1, schedule, solver=AdamW(lr=1e-3) and any setting of the solver's, such as " +
		"momentum=0.8, are also allowed. The last group that matches applies. Repeatable.",
	"freeze": "Do not train the parameters whose names match, such as 'conv1*'. Batch normalization's running " +
		"statistics still change, unless --freeze-stats holds them. Repeatable.",
	"freeze_stats": "Let the batch normalizations whose names match, such as 'conv*', hold their running statistics and " +
		"normalise by them in training too, as PyTorch's bn.eval() does. --freeze is about their scale and shift. " +
		"Repeatable.",
	"layer_decay": "Give each layer the learning rate of the next layer times this factor, such as 0.8.",

	// What a run writes and shows.
	"train_out": "Folder for the settings, the metrics and the weights. It must be new or empty. Default: " +
		"runs/TIME-MODEL.",
	"resume": "Continue the run in this folder with its settings, as if it had never stopped. To continue from an " +
		"older checkpoint, give its file, DIR/step-N.safetensors.",
	"tensorboard": "Write curves and histograms for TensorBoard into the subfolder tensorboard of the run's folder. " +
		"A resumed run continues those that it has.",
	"live": "Serve a page at this address, such as localhost:6006, that draws the curves during training. A run can " +
		"be steered on it.",

	// What a study compares.
	"preset": "A study that comes with the program: tutorial, stability, norms or augmentation. Other flags override " +
		"its settings.",
	"file": "A study as a YAML file. Its keys are flags, and lists give several values. Other flags override its " +
		"settings. --preset=NAME --print shows an example.",
	"models": "The networks to train; see the models command.",
	"norms": "Normalizations, such as 'none;batch;group(4)': each of the networks, lenet-bn or mlp-bn, with each. " +
		"Default: their own.",
	"setting": "A solver with a name and, optionally, a schedule, such as 'step: SGD(lr=0.1); StepLR(5)'. " +
		"Repeatable.",
	"solvers": "Solvers. Each is combined with each schedule. Default, unless --setting is given: SGD(lr=0.1, " +
		"momentum=0.9).",
	"schedules": "Schedules. Each is combined with each solver. Default, unless --setting is given: " +
		"StepLR(step_size=5).",
	"augments":     "Random changes to the training images: none, or as torchvision writes them.",
	"targets":      "Test accuracies. The results tell how many steps and seconds each run took to reach them.",
	"usable":       "The lowest final test accuracy, over all seeds, at which a learning rate counts as usable.",
	"study_format": "How to print: text sums up the seeds, csv and json are results.csv and results.json.",
	"study_out": "The study's folder. If it already holds this study, the study continues. Default: runs/NAME, where " +
		"NAME is that of the preset or of the file, or compare.",

	// Saved models.
	"weights": "The weights: safetensors with PyTorch's parameter names, a checkpoint, or a state dict saved by " +
		"torch.save (.pt, .pth).",
	"inspected": "A file of weights: safetensors, a checkpoint, or a state dict saved by torch.save (.pt, .pth).",
	"whose":     "The network that the weights belong to; see the models command. Default: what the file says.",
	"facts_shape": "Channels, height and width of the images that the network takes. Default: what the file says, or " +
		"${shape_default}.",
	"facts_mean": "Mean of the training pixels, from 0 to 1: one number, or one per channel. Needs --std. Default: what " +
		"the file says.",
	"facts_std": "Standard deviation of the training pixels: one number, or one per channel. Default: what the file " +
		"says.",
	"facts_classes": "Names of the classes, separated by commas, or a file with one name per line. Default: what the " +
		"file says, or numbers.",
	"facts_preprocess": "How a picture becomes what the network takes: digit centres and scales the digit on it, as for " +
		"MNIST; none uses it as it is, scaled to fit if it has another size; crop scales it until it covers a sample and " +
		"takes the middle, as for a folder of pictures. Default: what the file says.",
	"per_class": "Also print each class's precision and recall, and how many of its images were taken for which " +
		"class.",
	"onnx": "Write the network as ONNX, opset 17, for batches of any size. An existing file is replaced.",
	"fold": "Fold batch normalization into the layers before it, and print how much this changes the logits of the " +
		"test images.",
	"recalibrate_out": "Write the weights with the recomputed statistics as safetensors. An existing file is " +
		"replaced.",
	"predicted": "For a network of pictures: PNG, JPEG, GIF, TIFF, BMP or WebP of any size; of digits, one digit each, " +
		"dark on light or light on dark. For a network of a table: .csv or .tsv with its columns. For any network: .npy or " +
		".json.",
	"predict_output": "What to print: probabilities or logits of classes, or values. Default: probabilities, or the " +
		"values of a network that predicts numbers, in the units of its target.",

	"allow_origin": "Let pages of this site, such as https://example.com, ask and read the answers (CORS); * is every " +
		"site. Repeatable.",
	"allow_host": "Answer under this name, too, such as example.com or that of a proxy in front; * is any. Repeatable. " +
		"Default: the names and addresses of --addr.",
	"token": "A secret that requests must show, of at least 16 letters and digits, or new for one that is made up, " +
		"which is printed. Programs send Authorization: Bearer TOKEN; browsers open /?token=TOKEN once.",
	"proxy": "A proxy is in front, and the only way here: take the addresses of clients from the end of " +
		"X-Forwarded-For.",
	"beside": "Show what the layers of this network compute beside the other's, such as those of one without batch " +
		"normalization. It must take the same samples.",
	"serve_licence":  "What others may do with the network: a line for its card.",
	"predict_format": "How to print: text, csv, or json with one line per sample.",

	// Networks on paper.
	"summary_model": "The network; see the models command. Default: ${model_default}, or what the file of --init says.",
	"summary_init":  "Summarise the network that the weights in this file belong to.",
	"shape": "Channels, height and width of the images. Default: ${shape_default}, or what the file of --init " +
		"says.",
	"draw":           "Draw the network's Gorgonia graph as .svg, or as .dot for Graphviz. An existing file is replaced.",
	"summary_solver": "The solver whose memory to count. Default: ${default}.",
	"draw_fuse":      "Draw the program as it runs, with some layers fused into one op with the next.",
	"bench_model":    "The network to measure; see the models command.",
	"bench_shape":    "Channels, height and width of the images. Default: ${default}.",
	"bench_profile":  "Write a CPU profile of the measured steps, for go tool pprof.",
	"bench_mode": "What to measure: train (forward, backward and a step of SGD with momentum), eval (forward only) " +
		"or both.",
	"bench_time": "Seconds to measure each mode, after a tenth of that to warm up.",

	// Learning rates before training.
	"last_rate":    "The last learning rate, unless the loss diverges earlier.",
	"compare":      "Try several networks instead of --model, all with the same seed and batches.",
	"rates_solver": "The solver to try learning rates with. Its own rate does not matter. Default: ${default}.",
	"valid_find": "Judge by N of the training images, or a share such as 0.1, and train on the others. Default: 5000, " +
		"or a twelfth of less than 60,000.",
	"try_steps": "Steps of each short training.",
	"try_seeds": "Seeds to repeat the good rates with.",
	"lrfind_plot": "Draw the loss by learning rate as .png or .svg. An existing file is replaced. Default: " +
		"lrfind.png, or lrfind-2.png and so on if that exists.",
	"lrfind_format": "How to print: text shows some of the learning rates, csv and json all of them.",
	"schedule_lr":   "The solver's learning rate. Default: ${default}.",
	"count":         "How many epochs or steps to show. Default: 40, or with --metrics one more than there are metrics.",
	"metrics":       "What ReduceLROnPlateau watches: one metric after each count, such as 2.0,1.9,1.9.",
	"schedule_format": "How to print: text, csv or json. The numbers of csv and json read back exactly. table is " +
		"text.",
	"plot": "Draw the learning rates, and the momentum where a schedule changes it, as .png or .svg. An existing " +
		"file is replaced.",

	// Reports.
	"board_dir": "The folder with the runs, and with folders of runs, such as those of studies. Default: ${default}.",
	"dirs": "Folders of runs, or folders with runs in them, such as that of a study by compare. Runs that differ only " +
		"in the seed become one curve with a band.",
	"report_out": "Where to write: a page (.html), or its curves alone (.png, .svg). An existing file is replaced. " +
		"Default: report.html, in the run's folder if there is only one run.",
}
