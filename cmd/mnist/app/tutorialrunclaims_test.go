package app

// runClaims are the numbers of docs/tutorial.md that come from single runs, from the inside of runs, and from lrfind.
var runClaims = []claim{
	{
		"3.1", "runs/average", "the weights end at %s, the average at %s (", series(100, 2),
		[]string{"test_accuracy of epoch=6", "ema_test_accuracy of epoch=6"},
	},
	{
		"3.4", "runs/plateau", "the rate falls after %s, %s and %s epochs,", falls,
		each("rate of seed=", "1", "2", "3"),
	},
	{
		"4.1", "layers/inside", "| conv1 | %s | %s | %s |", triples,
		each("result_15, result_50, result_85 of epoch=2; seed=1; ",
			"run=lenet-bn; layer=conv1_bn", "run=lenet; layer=conv1", "run=lenet-low; layer=conv1"),
	},
	{
		"4.1", "layers/inside", "| conv2 | %s | %s | %s |", triples,
		each("result_15, result_50, result_85 of epoch=2; seed=1; ",
			"run=lenet-bn; layer=conv2_bn", "run=lenet; layer=conv2", "run=lenet-low; layer=conv2"),
	},
	{
		"4.1", "layers/inside", "| fc1 | %s | %s | %s |", triples,
		each("result_15, result_50, result_85 of epoch=2; seed=1; layer=fc1; run=", "lenet-bn", "lenet", "lenet-low"),
	},
	{
		"4.1", "layers/inside",
		"| channels dead (conv1, conv2, fc1) | %s, %s, %s %% | %s, %s, %s %% | %s, %s, %s %% |", commas(100, 0),
		each("dead of epoch=2; seed=1; ",
			"run=lenet-bn; layer=conv1_bn", "run=lenet-bn; layer=conv2_bn", "run=lenet-bn; layer=fc1",
			"run=lenet; layer=conv1", "run=lenet; layer=conv2", "run=lenet; layer=fc1",
			"run=lenet-low; layer=conv1", "run=lenet-low; layer=conv2", "run=lenet-low; layer=fc1"),
	},
	{
		"4.1", "runs/inside", "| test accuracy, %% | %s | %s | %s |", commas(100, 2),
		each("test_accuracy of epoch=2; run=", "lenet-bn", "lenet", "lenet-low"),
	},
	{
		"4.2", "lrfind",
		"the largest usable rate is %s for `lenet` and %s for `lenet-bn`, and the recommended one %s and %s.",
		significant,
		[]string{
			"largest_usable of model=lenet", "largest_usable of model=lenet-bn",
			"recommended of model=lenet", "recommended of model=lenet-bn",
		},
	},
	{
		"4.2", "layers/deep", "| `deep` | %s | %s | %s | %s |", distances,
		each("gradient_15, gradient_85 of epoch=1; solver=SGD(lr=0.01, momentum=0.9); model=deep; layer=",
			"fc1", "fc4", "fc7", "fc10"),
	},
	{
		"4.2", "layers/deep", "| `deep-bn` | %s | %s | %s | %s |", distances,
		each("gradient_15, gradient_85 of epoch=1; solver=SGD(lr=0.01, momentum=0.9); model=deep-bn; layer=",
			"fc1", "fc4", "fc7", "fc10"),
	},
	{
		"4.2", "layers/deep", "In `deep` they shrink by %s on their way from `fc10` to `fc1`, so c is %s.", shrinking,
		each("gradient_15, gradient_85 of epoch=1; solver=SGD(lr=0.01, momentum=0.9); model=deep; layer=",
			"fc1", "fc10"),
	},
	{
		"4.2", "runs/accumulated",
		"after 1 epoch is %s with batches of 64 (seeds 1 to 3), and %s with accumulated ones", series(1, 3),
		each("train_loss of run=", "batch", "accumulated"),
	},
	{
		"5.2", "runs/rates", "`go run ./cmd/mnist` ends at %s from the seeds 1, 2 and 3.", series(100, 2),
		[]string{"test_accuracy of epoch=10; run=one"},
	},
	{
		"5.3", "runs/rates", "%s with the decay, %s with the groups, where the one rate for all has %s.", series(100, 2),
		each("test_accuracy of epoch=10; run=", "decay", "groups", "one"),
	},
	{
		"6", "runs/fast", "`fast` ends at %s from the seeds 1 to 5,", series(100, 2),
		[]string{"test_accuracy of epoch=2"},
	},
	{
		"6", "runs/clothes", "a head on frozen convolutions of digits reaches %s on pictures of clothes", series(100, 2),
		[]string{"test_accuracy of run=head"},
	},
	{
		"6", "runs/clothes", "training from scratch for as many steps as the whole fine-tuning %s", series(100, 2),
		[]string{"test_accuracy of run=scratch; epoch=3"},
	},
}
