#!/usr/bin/env python3
"""Writes averages.json beside it with PyTorch (made with 1.13.1). See README.md."""
import json
import os

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.optim.swa_utils import AveragedModel

torch.set_num_threads(1)
torch.manual_seed(1)
torch.set_default_dtype(torch.float64)
N, BATCH, EPOCHS, SWA = 11, 4, 3, 2


class Net(nn.Module):
    def __init__(self, bn):
        super().__init__()
        self.fc1 = nn.Linear(6, 5)
        if bn:
            self.bn = nn.BatchNorm1d(5)
        self.fc2 = nn.Linear(5, 3)

    def forward(self, x):
        h = self.fc1(x)
        return self.fc2(F.relu(self.bn(h) if hasattr(self, "bn") else h))


def flat(state):
    return {k: v.reshape(-1).tolist() for k, v in state.items()}


x = torch.randn(N, 6).float().double()
y = torch.randint(0, 3, (N,))
init = Net(True).state_dict()
cases = []
for bn, accumulate, smoothing, decay in ((True, 1, 0, 0.9), (False, 2, 0.1, 0.9), (True, 2, 0.1, 0.75), (True, 3, 0, 0.3), (True, 5, 0.3, 0.99)):
    net = Net(bn)
    net.load_state_dict({k: v for k, v in init.items() if bn or not k.startswith("bn")})
    opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    average, equal = AveragedModel(net, avg_fn=lambda a, p, n: decay * a + (1 - decay) * p, use_buffers=True), AveragedModel(net, use_buffers=True)
    losses = []
    for epoch in range(1, EPOCHS + 1):
        batches = list(range(0, N, BATCH))
        for i in range(0, len(batches), accumulate):
            group = [slice(j, j + BATCH) for j in batches[i:i + accumulate]]
            samples = sum(len(y[s]) for s in group)
            opt.zero_grad()
            total = 0
            for s in group:
                loss = F.cross_entropy(net(x[s]), y[s], label_smoothing=smoothing, reduction="sum") / samples
                loss.backward()
                total += loss.item()
            opt.step()
            average.update_parameters(net)
            losses.append(total)
        if epoch >= SWA:
            equal.update_parameters(net)
    average.eval()
    equal.eval()
    net.eval()
    with torch.no_grad():
        ema_loss, test_loss = F.cross_entropy(average(x), y).item(), F.cross_entropy(net(x), y).item()
        swa_loss = F.cross_entropy(equal(x), y).item()
    ema, swa = ({k[7:]: v for k, v in a.state_dict().items() if k.startswith("module.") and "tracked" not in k}
                for a in (average, equal))
    cases.append({"bn": bn, "accumulate": accumulate, "smoothing": smoothing, "decay": decay, "losses": losses,
                  "weights": flat(net.state_dict()), "ema": flat(ema), "test_loss": test_loss, "ema_test_loss": ema_loss,
                  "swa_from": SWA, "swa": flat(swa), "swa_test_loss": swa_loss})
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "averages.json"), "w") as f:
    f.write('{"x": %s,\n"labels": %s,\n"init": %s,\n"cases": [\n' % (x.reshape(-1).tolist(), y.tolist(), json.dumps(flat(init))))
    f.write(",\n".join(json.dumps(c) for c in cases) + "\n]}\n")
