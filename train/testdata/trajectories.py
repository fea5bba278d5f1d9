#!/usr/bin/env python3
"""Writes trajectories.json and the .safetensors files beside it with PyTorch (made with 1.13.1). See README.md."""
import argparse
import gzip
import json
import os
import struct

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.optim.lr_scheduler import StepLR

ap = argparse.ArgumentParser()
ap.add_argument("--mnist", required=True, help="folder with MNIST's four .gz files")
ap.add_argument("--out", default=os.path.dirname(os.path.abspath(__file__)))
a = ap.parse_args()
torch.set_num_threads(1)


class Net(nn.Module):
    def __init__(self, bn):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 10, kernel_size=5)
        self.conv2 = nn.Conv2d(10, 20, kernel_size=5)
        self.bn = bn
        if bn:
            self.conv1_bn = nn.BatchNorm2d(10)
            self.conv2_bn = nn.BatchNorm2d(20)
        self.fc1 = nn.Linear(320, 50)
        self.fc2 = nn.Linear(50, 10)

    def forward(self, x):
        if self.bn:
            x = F.max_pool2d(F.relu(self.conv1_bn(self.conv1(x))), 2)
            x = F.max_pool2d(F.relu(self.conv2_bn(self.conv2(x))), 2)
        else:
            x = F.relu(F.max_pool2d(self.conv1(x), 2))
            x = F.relu(F.max_pool2d(self.conv2(x), 2))
        x = F.relu(self.fc1(x.view(-1, 320)))
        return F.log_softmax(self.fc2(x), dim=1)


def idx(name):
    with gzip.open(os.path.join(a.mnist, name + "-ubyte.gz")) as f:
        b = f.read()
    dims = struct.unpack(">" + "I" * b[3], b[4:4 + 4 * b[3]])
    return torch.from_numpy(np.frombuffer(b, np.uint8, offset=4 + 4 * b[3]).reshape(dims).copy())


def save(name, state):
    head, blob = {}, b""
    for k, v in state.items():
        b = v.detach().contiguous().numpy().tobytes()
        kind = {torch.float32: "F32", torch.int64: "I64"}[v.dtype]
        head[k] = {"dtype": kind, "shape": list(v.shape), "data_offsets": [len(blob), len(blob) + len(b)]}
        blob += b
    h = json.dumps(head).encode()
    h += b" " * (-len(h) % 8)
    with open(os.path.join(a.out, name), "wb") as f:
        f.write(struct.pack("<Q", len(h)) + h + blob)


def images(name):
    return ((idx(name).float() / 255 - 0.1307) / 0.3081).unsqueeze(1)


X, Y = images("train-images-idx3"), idx("train-labels-idx1").long()
Xt, Yt = images("t10k-images-idx3"), idx("t10k-labels-idx1").long()
cases = []
for name, bn in (("lenet", False), ("lenet-bn", True)):
    torch.manual_seed(1)
    start = Net(bn)
    save(name + "_init.safetensors", start.state_dict())
    for dtype in (torch.float64, torch.float32):
        net = Net(bn).to(dtype)
        net.load_state_dict({k: v.to(dtype) if v.is_floating_point() else v for k, v in start.state_dict().items()})
        opt = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
        schedule = StepLR(opt, 40, 0.1)
        losses = []
        for i in range(0, 6400, 64):
            opt.zero_grad()
            loss = F.cross_entropy(net(X[i:i + 64].to(dtype)), Y[i:i + 64])
            loss.backward()
            opt.step()
            schedule.step()
            losses.append(loss.item())
        net.eval()
        with torch.no_grad():
            z = net(Xt.to(dtype))
        cases.append({"model": name, "dtype": str(dtype)[6:], "losses": losses,
                      "test_loss": F.nll_loss(z, Yt).item(), "test_correct": int((z.argmax(1) == Yt).sum())})
        if dtype == torch.float32:
            save(name + "_after100.safetensors", net.state_dict())
with open(os.path.join(a.out, "trajectories.json"), "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
