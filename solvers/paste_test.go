package solvers

import (
	"strings"
	"testing"
)

// TestPaste pastes lines as PyTorch's documentation and tutorials have them. want is the spec that a line gives, or the
// words of its error.
func TestPaste(t *testing.T) {
	for _, tt := range []struct{ line, want string }{
		{"optimizer_ft = optim.SGD(model_ft.parameters(), lr=0.001, momentum=0.9)", "SGD(lr=0.001, momentum=0.9)"},
		{
			"optimizer_conv = optim.SGD(model_conv.fc.parameters(), lr=0.001, momentum=0.9)",
			"SGD(lr=0.001, momentum=0.9)",
		},
		{"optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)", "SGD(lr=0.001)"},
		{
			"optimizer = optim.SGD(net.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4)",
			"SGD(lr=0.1, momentum=0.9, weight_decay=0.0005)",
		},
		{
			"optimizer = torch.optim.SGD(params, lr=0.005, momentum=0.9, weight_decay=0.0005)",
			"SGD(lr=0.005, momentum=0.9, weight_decay=0.0005)",
		},
		{
			"optimizer = SGD(model.parameters(), 0.1, 0.9, 0, 1e-4, True)",
			"SGD(lr=0.1, momentum=0.9, weight_decay=0.0001, nesterov=True)",
		},
		{"optimizer = optim.SGD(model.parameters(), lr=0.1, foreach=False, maximize=False)", "SGD(lr=0.1)"},
		{"optim.SGD(filter(lambda p: p.requires_grad, net.parameters()), lr=0.1)", "SGD(lr=0.1)"},
		{"opt = optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.005)", "SGD(lr=0.005)"},
		{"sgd = torch.optim.SGD(params=model.parameters(), lr=0.1 * 64 / 256)", "SGD(lr=0.025)"},
		{"optimizer = optim.Adam(model.parameters(), lr=1e-3, fused=True)", "Adam()"},
		{
			"optimizer = torch.optim.Adam(list(model.parameters()), lr=3e-4, capturable=False, " +
				"differentiable=False);",
			"Adam(lr=0.0003)",
		},
		{
			"self.optimizer = torch.optim.Adam(self.model.parameters(), lr=0.0002, betas=(0.5, 0.999))",
			"Adam(lr=0.0002, betas=(0.5, 0.999))",
		},
		{
			"optimizerD = optim.Adam(netD.parameters(), lr=0.0002, betas=[0.5, 0.999])  # D",
			"Adam(lr=0.0002, betas=(0.5, 0.999))",
		},
		{
			"optimizer = optim.AdamW(model.parameters(), lr=6e-4, betas=(0.9, 0.95), weight_decay=1e-1, " +
				"fused=True)",
			"AdamW(lr=0.0006, betas=(0.9, 0.95), weight_decay=0.1)",
		},
		{"optimizer = AdamW(model.parameters(), lr=5e-5)", "AdamW(lr=5e-05)"},
		{"optimizer = optim.Adadelta(model.parameters(), lr=1.0)", "Adadelta()"},
		{"optimizer = optim.Adagrad(model.parameters(), 0.01, foreach=None)", "Adagrad()"},
		{
			"torch.optim.RMSprop(net.parameters(), lr=1e-2, alpha=0.99, eps=1e-08, weight_decay=0, momentum=0, " +
				"centered=False)",
			"RMSprop()",
		},
		{
			"lr = 1e-2\nmomentum = 0.9\noptimizer = optim.SGD(model.parameters(), lr=lr, momentum=momentum)",
			"SGD(lr=0.01, momentum=0.9)",
		},
		{"optimizer = torch.optim.NAdam(model.parameters())", "NAdam()"},
		{
			"optimizer = optim.SGD(model.parameters(), lr=args.lr)",
			"lr is args.lr: want a number; only the program around knows",
		},
		{
			"optim.SGD([{'params': m.base.parameters(), 'lr': 1e-2}, {'params': m.fc.parameters()}], lr=1e-3)",
			"this gives groups of parameters settings ('lr' …)",
		},
		{"keras.optimizers.Adam(learning_rate=0.01)", "Keras's learning_rate is lr"},
		{"optimizer = optim.Adam(net.parameters(), momentum=0.9)", "Adam has no setting \"momentum\""},
		{"optimizer = optim.Adam(net.parameters(), fused='yes')", "Adam has no setting \"fused\""},
	} {
		a, err := Parse(tt.line)
		switch {
		case err != nil && !strings.Contains(err.Error(), tt.want):
			t.Errorf("%s\ngave %v\nwant %s", tt.line, err, tt.want)
		case err == nil && a.String() != tt.want:
			t.Errorf("%s\ngave %s\nwant %s", tt.line, a, tt.want)
		}
	}
}
