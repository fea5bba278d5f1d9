package schedules

import (
	"strings"
	"testing"
)

// TestPaste pastes lines as PyTorch's documentation, its tutorials and programs in public have them. want is the spec
// that a line gives, or the words of its error, which tell what to write instead.
func TestPaste(t *testing.T) {
	accepted := 0
	for _, tt := range []struct{ line, want string }{
		// the transfer-learning tutorial, and other names of the optimizer
		{"exp_lr_scheduler = lr_scheduler.StepLR(optimizer_ft, step_size=7, gamma=0.1)", "StepLR(step_size=7)"},
		{"exp_lr_scheduler = lr_scheduler.StepLR(optimizer_conv, step_size=7, gamma=0.1)", "StepLR(step_size=7)"},
		{
			"scheduler = StepLR(optimizer, step_size=1, gamma=args.gamma)",
			"column 50: StepLR: gamma is args.gamma: want a number; only the program around",
		},
		{"scheduler = StepLR(optimizer, step_size=1, gamma=0.7)", "StepLR(step_size=1, gamma=0.7)"},
		{"scheduler = torch.optim.lr_scheduler.StepLR(optim, 1.0, gamma=0.95)", "StepLR(step_size=1, gamma=0.95)"},
		{"scheduler = torch.optim.lr_scheduler.StepLR(optimizerD, 30)", "StepLR(step_size=30)"},
		{
			"self.scheduler = optim.lr_scheduler.StepLR(self.optimizer, step_size=10, gamma=0.5)",
			"StepLR(step_size=10, gamma=0.5)",
		},
		{
			"lr_scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=3, gamma=0.1)  # by 10x every 3 " +
				"epochs",
			"StepLR(step_size=3)",
		},
		{"scheduler = StepLR(optimizer=optimizer, step_size=30, gamma=0.1);", "StepLR(step_size=30)"},
		{">>> scheduler = StepLR(optimizer, step_size=30, gamma=0.1)", "StepLR(step_size=30)"},
		{"scheduler = StepLR(optimizer, step_size=2_000, gamma=0.1, verbose=True)", "StepLR(step_size=2000)"},
		{"scheduler = StepLR(torch.optim.SGD(net.parameters(), lr=0.1), 30, 0.1, -1, False)", "StepLR(step_size=30)"},
		{"scheduler = StepLR(optimizer, step_size=5, last_epoch=4)", "a schedule starts from count 0"},
		// ExponentialLR
		{"scheduler = ExponentialLR(optimizer, gamma=0.9)", "ExponentialLR(gamma=0.9)"},
		{
			"scheduler = optim.lr_scheduler.ExponentialLR(optimizer, gamma = 0.95, last_epoch = -1)",
			"ExponentialLR(gamma=0.95)",
		},
		{"ExponentialLR(optimizer, 0.95, -1, True)", "ExponentialLR(gamma=0.95)"},
		{"torch.optim.lr_scheduler.ExponentialLR(opt, 0.1 ** (1 / 20))", "ExponentialLR(gamma=0.8912509381337456)"},
		{"scheduler = ExponentialLR(optimizer, gamma=1 - 1e-2)", "ExponentialLR(gamma=0.99)"},
		// MultiStepLR
		{"scheduler = MultiStepLR(optimizer, milestones=[30,80], gamma=0.1)", "MultiStepLR(milestones=[30, 80])"},
		{
			"scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[8, 13], gamma=0.1)",
			"MultiStepLR(milestones=[8, 13])",
		},
		{
			"lr_scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, [30, 70, 150], gamma=0.1)",
			"MultiStepLR(milestones=[30, 70, 150])",
		},
		{"MultiStepLR(optimizer, milestones=range(10, 50, 10))", "MultiStepLR(milestones=[10, 20, 30, 40])"},
		{
			"MultiStepLR(optimizer, milestones=list(range(40, 0, -20)), gamma=.5)",
			"MultiStepLR(milestones=[40, 20], gamma=0.5)",
		},
		{
			"MultiStepLR(optimizer, milestones=[int(0.5 * 90), int(0.75 * 90)], gamma=0.2)",
			"MultiStepLR(milestones=[45, 67], gamma=0.2)",
		},
		{
			"MultiStepLR(optimizer, milestones=(60, 120, 160,), gamma=1/5,)",
			"MultiStepLR(milestones=[60, 120, 160], gamma=0.2)",
		},
		{"MultiStepLR(optimizer, milestones=sorted([80, 30]))", "MultiStepLR(milestones=[30, 80])"},
		{
			"MultiStepLR(optimizer, milestones=[90 * i // 3 for i in parts])",
			"milestones is [90 * i // 3 for i in parts]: want a list of whole numbers",
		},
		{
			"MultiStepLR(\n    optimizer,\n    milestones=[10, 20],  # epochs\n    gamma=0.1,\n)",
			"MultiStepLR(milestones=[10, 20])",
		},
		{
			"MultiStepLR(opt, [int(elem * 200) for elem in [0.3, 0.6, 0.8]], gamma=0.2)",
			"MultiStepLR(milestones=[60, 120, 160], gamma=0.2)",
		},
		// ConstantLR, LinearLR, PolynomialLR
		{"scheduler = ConstantLR(optimizer, factor=0.5, total_iters=40)", "ConstantLR(factor=0.5, total_iters=40)"},
		{"scheduler1 = ConstantLR(opt, factor=1/3)", "ConstantLR()"},
		{
			"scheduler = LinearLR(optimizer, start_factor=0.05, total_iters=40)",
			"LinearLR(start_factor=0.05, total_iters=40)",
		},
		{"LinearLR(optimizer, start_factor=1.0 / 3, end_factor=1.0, total_iters=5)", "LinearLR()"},
		{
			"warmup = lr_scheduler.LinearLR(optimizer, start_factor=1.0 / 1000, total_iters=min(1000, 937))",
			"LinearLR(start_factor=0.001, total_iters=937)",
		},
		{
			"scheduler = lr_scheduler.LinearLR(optimizer, start_factor=1.0, end_factor=0.5, total_iters=30)",
			"LinearLR(start_factor=1.0, end_factor=0.5, total_iters=30)",
		},
		{"scheduler = PolynomialLR(optimizer, total_iters=4, power=1.0)", "PolynomialLR(total_iters=4)"},
		{"PolynomialLR(optimizer, total_iters=30 * 100, power=0.9)", "PolynomialLR(total_iters=3000, power=0.9)"},
		// the cosines
		{"scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=200)", "CosineAnnealingLR(T_max=200)"},
		{
			"scheduler = CosineAnnealingLR(optimizer, T_max=100, eta_min=1e-3 * 1e-2)",
			"CosineAnnealingLR(T_max=100, eta_min=1e-05)",
		},
		{
			"scheduler = CosineAnnealingLR(optimizer, num_epochs)",
			"T_max is num_epochs: want a whole number; only the program around knows what that is: write its " +
				"value",
		},
		{
			"scheduler = CosineAnnealingLR(optimizer, T_max=num_epochs - 5)",
			"T_max is num_epochs - 5: want a whole number; only the program around",
		},
		{
			"num_epochs = 30\nscheduler = CosineAnnealingLR(optimizer, T_max=num_epochs - 5)",
			"CosineAnnealingLR(T_max=25)",
		},
		{"scheduler = CosineAnnealingWarmRestarts(optimizer, T_0=20)", "CosineAnnealingWarmRestarts(T_0=20)"},
		{"CosineAnnealingWarmRestarts(optimizer, 10, 2, 0.0, -1)", "CosineAnnealingWarmRestarts(T_0=10, T_mult=2)"},
		// CyclicLR and OneCycleLR
		{
			"scheduler = torch.optim.lr_scheduler.CyclicLR(optimizer, base_lr=0.01, max_lr=0.1)",
			"CyclicLR(base_lr=0.01, max_lr=0.1)",
		},
		{
			"CyclicLR(optimizer, base_lr=0.0001, max_lr=1e-3, step_size_up=5, mode=\"exp_range\", gamma=0.85)",
			"CyclicLR(base_lr=0.0001, max_lr=0.001, step_size_up=5, mode='exp_range', gamma=0.85)",
		},
		{
			"CyclicLR(optimizer, 1e-4, 1e-2, cycle_momentum=False, mode='triangular2', step_size_up=4 * 469)",
			"CyclicLR(base_lr=0.0001, max_lr=0.01, step_size_up=1876, mode='triangular2', cycle_momentum=False)",
		},
		{
			"scheduler = OneCycleLR(optimizer, max_lr=0.01, total_steps=1000)",
			"OneCycleLR(max_lr=0.01, total_steps=1000)",
		},
		{
			"torch.optim.lr_scheduler.OneCycleLR(opt,max_lr=3e-3,total_steps=8000,pct_start=0.05)",
			"OneCycleLR(max_lr=0.003, total_steps=8000, pct_start=0.05)",
		},
		{
			"optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, steps_per_epoch=10, epochs=20, " +
				"anneal_strategy='linear')",
			"OneCycleLR(max_lr=0.1, epochs=20, steps_per_epoch=10, anneal_strategy='linear')",
		},
		{
			"scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.01, " +
				"steps_per_epoch=len(data_loader), epochs=10)",
			"OneCycleLR(max_lr=0.01)",
		},
		// ReduceLROnPlateau
		{"scheduler = ReduceLROnPlateau(optimizer, 'min')", "ReduceLROnPlateau()"},
		{
			"scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode=\"max\", factor=0.5, " +
				"patience=3, verbose=True)",
			"ReduceLROnPlateau(mode='max', factor=0.5, patience=3)",
		},
		{
			"ReduceLROnPlateau(optimizer, factor=10 ** -0.5, patience=5, min_lr=1e-3 / 100)",
			"ReduceLROnPlateau(factor=0.31622776601683794, patience=5, min_lr=1e-05)",
		},
		{
			"lr_scheduler.ReduceLROnPlateau(optimizer, 'min', 0.1, 10, 1e-4, 'rel', 0, 0, 1e-8, False)",
			"ReduceLROnPlateau()",
		},
		{
			"reduce_lr = keras.callbacks.ReduceLROnPlateau(monitor='val_loss', factor=0.2, patience=5, " +
				"min_lr=0.001)",
			"ReduceLROnPlateau(factor=0.2, patience=4, threshold_mode='abs', min_lr=0.001, eps=0.0)",
		},
		// composites
		{
			"scheduler = SequentialLR(optimizer, schedulers=[ConstantLR(optimizer, factor=0.1, total_iters=20), " +
				"ExponentialLR(optimizer, gamma=0.9)], milestones=[20])",
			"SequentialLR(schedulers=[ConstantLR(factor=0.1, total_iters=20), ExponentialLR(gamma=0.9)], " +
				"milestones=[20])",
		},
		{
			"scheduler1 = ConstantLR(optimizer, factor=0.1, total_iters=20)\nscheduler2 = " +
				"ExponentialLR(optimizer, gamma=0.9)\nscheduler = SequentialLR(\n    optimizer,\n    " +
				"schedulers=[scheduler1, scheduler2],\n    milestones=[20],\n)",
			"SequentialLR(schedulers=[ConstantLR(factor=0.1, total_iters=20), ExponentialLR(gamma=0.9)], " +
				"milestones=[20])",
		},
		{
			"ChainedScheduler([ConstantLR(opt, 0.1, 20), ExponentialLR(opt, 0.9)], optimizer=optimizer)",
			"ChainedScheduler(schedulers=[ConstantLR(factor=0.1, total_iters=20), ExponentialLR(gamma=0.9)])",
		},
		{
			"ChainedScheduler([LinearLR(opt), StepLR(opt, 3)], opt)",
			"ChainedScheduler(schedulers=[LinearLR(), StepLR(step_size=3)])",
		},
		{
			"scheduler = torch.optim.lr_scheduler.ChainedScheduler([scheduler1, scheduler2], optimizer=optimizer)",
			"scheduler1 is not known: want a schedule, or the line that makes it before",
		},
		// averaging
		{"swa_scheduler = SWALR(optimizer, swa_lr=0.05)", "SWALR(swa_lr=0.05)"},
		{
			"swa_scheduler = torch.optim.swa_utils.SWALR(optimizer, anneal_strategy=\"linear\", anneal_epochs=5, " +
				"swa_lr=0.05)",
			"SWALR(swa_lr=0.05, anneal_epochs=5, anneal_strategy='linear')",
		},
		// functions
		{
			"scheduler = LambdaLR(optimizer, lr_lambda=lambda epoch: 0.95 ** epoch)",
			"lr_lambda is lambda epoch: 0.95 ** epoch: want the name of a Go function",
		},
		{"scheduler = LambdaLR(optimizer, lr_lambda=[lambda1, lambda2])", "want the name of a Go function"},
		{"scheduler = MultiplicativeLR(optimizer, lr_lambda=lmbda)", "there is no function \"lmbda\""},
		{
			"scheduler = torch.optim.lr_scheduler.MultiplicativeLR(optimizer, lambda epoch: 0.95)",
			"want the name of a Go function",
		},
		// whole programs
		{
			"from torch.optim.lr_scheduler import StepLR\noptimizer = optim.Adadelta(model.parameters(), " +
				"lr=1.0)\nscheduler = StepLR(optimizer, step_size=1, gamma=0.7)",
			"StepLR(step_size=1, gamma=0.7)",
		},
		{"a = StepLR(optimizer, 1)\nb = StepLR(optimizer, 2)", "a second schedule: want one"},
		{
			"scheduler = StepLR(optimizer, step_size=30 if small else 10)",
			"step_size is 30 if small else 10: want a whole number",
		},
	} {
		s, err := Parse(tt.line)
		if err != nil {
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s\ngave %v\nwant %s", tt.line, err, tt.want)
			}
			continue
		}
		accepted++
		if s.String() != tt.want {
			t.Errorf("%s\ngave %s\nwant %s", tt.line, s, tt.want)
		}
	}
	t.Logf("%d lines are accepted", accepted)
}
