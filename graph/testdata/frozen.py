#!/usr/bin/env python3
"""Writes frozen.json beside this file with PyTorch 2.14, in float64: a network with three BatchNorms, of which two are in eval()
while it trains. It has the state before, the batches, the losses and the gradients of each step, and the state after."""
import json, os
from collections import OrderedDict
import torch
from torch import nn

torch.manual_seed(3)
torch.set_default_dtype(torch.float64)
net = nn.Sequential(OrderedDict(
    conv1=nn.Conv2d(1, 3, 3), conv1_bn=nn.BatchNorm2d(3), relu1=nn.ReLU(), pool=nn.MaxPool2d(2),
    conv2=nn.Conv2d(3, 4, 2), conv2_bn=nn.BatchNorm2d(4, affine=False), relu2=nn.ReLU(), flat=nn.Flatten(),
    fc1=nn.Linear(16, 5), fc1_bn=nn.BatchNorm1d(5), fc2=nn.Linear(5, 3)))
for name, t in net.state_dict().items():
    if name.endswith("running_mean") or "bn.weight" in name or "bn.bias" in name:
        t.copy_(torch.randn(t.shape))
    elif name.endswith("running_var"):
        t.copy_(0.5 + torch.rand(t.shape))
dump = lambda: {k: [list(v.shape), v.reshape(-1).tolist()] for k, v in net.state_dict().items()}
before, steps = dump(), []
net.train()
net.conv1_bn.eval()
net.conv2_bn.eval()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(3):
    x, labels = torch.randn(6, 1, 8, 8), torch.randint(3, (6,))
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(net(x), labels)
    loss.backward()
    steps.append({"x": x.reshape(-1).tolist(), "labels": labels.tolist(), "loss": loss.item(),
                  "gradients": {k: p.grad.reshape(-1).tolist() for k, p in net.named_parameters()}})
    optimizer.step()
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "frozen.json"), "w") as f:
    json.dump({"before": before, "steps": steps, "after": dump()}, f)
    f.write("\n")
