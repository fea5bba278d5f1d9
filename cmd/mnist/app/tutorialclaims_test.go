package app

import "slices"

// claims are the numbers of docs/tutorial.md.
var claims = slices.Concat(studyClaims, runClaims)

// studyClaims are those that come from studies.
var studyClaims = []claim{
	{
		"2.1", "stability", "| `mlp` | %s | %s | %s | %s | %s | %s | %s |", meanOrEach,
		each("model=mlp; lr=", "0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1"),
	},
	{
		"2.1", "stability", "| `mlp-bn` | %s | %s | %s | %s | %s | %s | %s |", meanOrEach,
		each("model=mlp-bn; lr=", "0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1"),
	},
	{
		"3.1", "tutorial", "the fixed rate ends at %s, `StepLR(5, 0.1)` at %s.", deviation,
		[]string{"model=lenet-bn; setting=fixed", "model=lenet-bn; setting=step; lr=0.1"},
	},
	{
		"3.2", "tutorial", "| `lenet` | %s | %s | %s | %s |", deviation,
		append(each("model=lenet; setting=", "adam-0.9", "adagrad", "rmsprop"), "model=lenet; setting=step; lr=0.01"),
	},
	{
		"3.2", "tutorial", "| `lenet-bn` | %s | %s | %s | %s |", deviation,
		append(each("model=lenet-bn; setting=", "adam-0.9", "adagrad", "rmsprop"), "model=lenet-bn; setting=step; lr=0.01"),
	},
	{
		"3.3", "tutorial",
		"`ExponentialLR(0.8)` ends at %s and `StepLR(5, 0.1)` at %s, where the fixed rate has %s.", deviation,
		[]string{
			"model=lenet-bn; setting=exponential", "model=lenet-bn; setting=step; lr=0.1", "model=lenet-bn; setting=fixed",
		},
	},
	{
		"3.3", "tutorial", "A decay adds %s to %s points.", gains(1),
		[]string{
			"model=lenet-bn; setting=fixed", "model=lenet-bn; setting=exponential", "model=lenet-bn; setting=step; lr=0.1",
		},
	},
	{
		"3.3", "java", "it ends at %s, and the other two columns at %s and %s.", deviation,
		each("schedule=", "ExponentialLR(gamma=0.1)", "ExponentialLR(gamma=0.8)", "StepLR(step_size=5)"),
	},
	{
		"3.4", "tutorial", "`ReduceLROnPlateau(patience=1)` ends at %s,", deviation,
		[]string{"model=lenet-bn; setting=plateau"},
	},
	{
		"3.4", "plateau", "the accuracy ends at %s.", deviation,
		[]string{"model=lenet-bn"},
	},
	{
		"4.2", "tutorial", "`lenet` collapses in %s of %s runs.", tally,
		[]string{"collapsed of model=lenet; lr=0.1"},
	},
	{
		"4.2", "tutorial", "`lenet-bn` at 0.1 reaches 98 %% after %s steps, and `lenet` at 0.01 after %s.", span,
		[]string{
			"steps_to_98 of model=lenet-bn; setting=step; lr=0.1", "steps_to_98 of model=lenet; setting=step; lr=0.01",
		},
	},
	{
		"4.2", "deep", "| `deep` | %s | %s | %s |", deviation,
		each("model=deep; lr=", "0.001", "0.01", "0.1"),
	},
	{
		"4.2", "deep", "| `deep-bn` | %s | %s | %s |", deviation,
		each("model=deep-bn; lr=", "0.001", "0.01", "0.1"),
	},
	{
		"4.2", "large", "| `large` | %s | %s | %s |", deviation,
		each("model=large; lr=", "0.001", "0.01", "0.1"),
	},
	{
		"4.2", "large", "| `large-bn` | %s | %s | %s |", deviation,
		each("model=large-bn; lr=", "0.001", "0.01", "0.1"),
	},
	{
		"4.2", "norms", "| none | %s | %s | %s | %s | %s | %s |", mean,
		each("model=mlp-bn(norm=none); batch=", "2", "4", "8", "16", "64", "256"),
	},
	{
		"4.2", "norms", "| batch | %s | %s | %s | %s | %s | %s |", mean,
		each("model=mlp-bn; batch=", "2", "4", "8", "16", "64", "256"),
	},
	{
		"4.2", "norms", "| group(4) | %s | %s | %s | %s | %s | %s |", mean,
		each("model=mlp-bn(norm=group); batch=", "2", "4", "8", "16", "64", "256"),
	},
	{
		"4.2", "norms", "| layer | %s | %s | %s | %s | %s | %s |", mean,
		each("model=mlp-bn(norm=layer); batch=", "2", "4", "8", "16", "64", "256"),
	},
	{
		"4.2", "rows", "| `gru-row` | %s | %s | %s |", deviation,
		each("model=", "gru-row(norm=none)", "gru-row(norm=batch)", "gru-row"),
	},
	{
		"4.2", "rows", "| `lstm-row` | %s | %s | %s |", deviation,
		each("model=", "lstm-row(norm=none)", "lstm-row(norm=batch)", "lstm-row"),
	},
	{
		"5.1", "tutorial", "from every seed and ends at %s. At 0.01 the same program ends at %s.", deviation,
		[]string{"model=lenet; setting=step; lr=0.1", "model=lenet; setting=step; lr=0.01"},
	},
	{
		"5.1", "tutorial", "the loss stays at %s.", decimals(1),
		[]string{"final_train_loss of model=lenet; setting=step; lr=0.1"},
	},
	{
		"5.2", "tutorial", "(`compare --preset tutorial`, seeds 1 to 3, 55,000 images): %s, where", deviation,
		[]string{"model=lenet-bn; setting=fixed"},
	},
	{
		"5.2", "tutorial", "With the step schedule added it is %s.", deviation,
		[]string{"model=lenet-bn; setting=step; lr=0.1"},
	},
	{
		"5.2", "tutorial", "SGD at 0.01: %s and %s.", deviation,
		[]string{"model=lenet; setting=step; lr=0.01", "model=lenet-bn; setting=step; lr=0.01"},
	},
	{
		"5.2", "tutorial", "The gain is %s points.", gains(2),
		[]string{"model=lenet; setting=step; lr=0.01", "model=lenet-bn; setting=step; lr=0.01"},
	},
	{
		"5.3", "penalties", "| %s | %s | %s | %s | %s |", deviation,
		each("solver=SGD(lr=0.05, momentum=0.9",
			")", ", weight_decay=0.001)", ", weight_decay=0.01)", ", l1=0.0001)", ", l1=0.001)"),
	},
	{
		"5.3", "penalties", "(seeds 1 to 3, %s steps):", span,
		[]string{"steps of solver=SGD(lr=0.05, momentum=0.9)"},
	},
	{
		"5.3", "penalties", "Without a penalty the training loss ends at %s,", decimals(4),
		[]string{"final_train_loss of solver=SGD(lr=0.05, momentum=0.9)"},
	},
	{
		"5.3", "penalties", "with λ₂ = 0.01 at %s:", decimals(3),
		[]string{"final_train_loss of solver=SGD(lr=0.05, momentum=0.9, weight_decay=0.01)"},
	},
	{
		"5.3", "penalties", "it makes %s %% fewer errors on new ones.", fewerErrors,
		each("solver=SGD(lr=0.05, momentum=0.9", ")", ", weight_decay=0.01)"),
	},
	{
		"5.3", "augmentation",
		"| nothing | %s | | turned by up to 15° | %s | | moved by up to 10 %% | %s | " +
			"| turned, moved, scaled by 15 %% and sheared by 10° | %s | | the same, and ElasticTransform | %s |", deviation,
		each("augment=",
			"none", "RandomAffine(degrees=15.0)", "RandomAffine(degrees=0.0, translate=(0.1, 0.1))",
			"RandomAffine(degrees=15.0, translate=(0.1, 0.1), scale=(0.85, 1.15), shear=(-10.0, 10.0))",
			"Compose([RandomAffine(degrees=15.0, translate=(0.1, 0.1), scale=(0.85, 1.15), shear=(-10.0, 10.0)), "+
				"ElasticTransform(alpha=34.0, sigma=4.0)])"),
	},
	{
		"5.3", "augmentation", "(seeds 1 to 5, %s steps):", span,
		[]string{"steps of augment=none"},
	},
	{
		"4.3", "resnet8", "(10 epochs on 55,000 images): %s from the seeds 1, 2 and 3.", series(100, 2),
		[]string{"model=resnet8"},
	},
	{
		"6", "best", "and `best` at %s from the seeds 1 to 4 (", series(100, 2),
		[]string{"model=lenet-bn"},
	},
	{
		"6", "tutorial", "at 0.01 it ends %s points below `lenet-bn` at its best.", gains(2),
		[]string{"model=lenet; setting=step; lr=0.01", "model=lenet-bn; setting=step; lr=0.1"},
	},
}
