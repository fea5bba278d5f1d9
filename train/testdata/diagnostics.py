#!/usr/bin/env python3
"""Writes diagnostics.json with PyTorch in float64 (made with 1.13.1). See README.md."""
import argparse
import gzip
import json
import os
import struct

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

here = os.path.dirname(os.path.abspath(__file__))
ap = argparse.ArgumentParser()
ap.add_argument("--mnist", required=True, help="folder with MNIST's four .gz files")
ap.add_argument("--out", default=here)
a = ap.parse_args()
torch.set_num_threads(1)


def idx(name):
    with gzip.open(os.path.join(a.mnist, name + "-ubyte.gz")) as f:
        b = f.read()
    dims = struct.unpack(">" + "I" * b[3], b[4:4 + 4 * b[3]])
    return torch.from_numpy(np.frombuffer(b, np.uint8, offset=4 + 4 * b[3]).reshape(dims).copy())


def load(path):
    content = open(path, "rb").read()
    size = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8:8 + size])
    header.pop("__metadata__", None)
    types = {"F32": torch.float32, "I64": torch.int64}
    return {name: torch.frombuffer(bytearray(content[8 + size + t["data_offsets"][0]:8 + size + t["data_offsets"][1]]),
                                   dtype=types[t["dtype"]]).reshape(t["shape"]) for name, t in header.items()}


class Net(nn.Module):
    def __init__(self, bn):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 10, 5), nn.Conv2d(10, 20, 5)
        self.bn = bn
        if bn:
            self.conv1_bn, self.conv2_bn = nn.BatchNorm2d(10), nn.BatchNorm2d(20)
        self.fc1, self.fc2 = nn.Linear(320, 50), nn.Linear(50, 10)

    def block(self, name, h):
        """A convolution to its ReLU and pooling, in the model's order; returns what the ReLU made, too."""
        h = self.seen(name, getattr(self, name)(h))
        if self.bn:
            relu = F.relu(self.seen(name + "_bn", getattr(self, name + "_bn")(h)))
            return F.max_pool2d(relu, 2), relu
        relu = F.relu(F.max_pool2d(h, 2))
        return relu, relu

    def seen(self, name, z):
        if z.requires_grad:
            z.retain_grad()
        self.results[name] = z
        return z

    def forward(self, x):
        self.results, self.rectified = {}, {}
        last = "_bn" if self.bn else ""
        h, self.rectified["conv1" + last] = self.block("conv1", x)
        h, self.rectified["conv2" + last] = self.block("conv2", h)
        h = self.rectified["fc1"] = F.relu(self.seen("fc1", self.fc1(h.flatten(1))))
        return self.seen("fc2", self.fc2(h))


def percentiles(v):
    return np.percentile(v.detach().numpy(), [15, 50, 85]).tolist()


X = ((idx("train-images-idx3")[:1000].float() / 255 - 0.1307) / 0.3081).unsqueeze(1).double()
Y = idx("train-labels-idx1")[:1000].long()
cases = []
for name, bn, start in (("lenet", False, "lenet_init"), ("lenet-bn", True, "lenet-bn_init"), ("lenet-bn", True, "lenet-bn_after100")):
    net = Net(bn).double()
    net.load_state_dict({k: v.double() if v.is_floating_point() else v for k, v in load(os.path.join(here, start + ".safetensors")).items()})
    net.train()
    net(X[:64])  # moves the running statistics, as the one step of the test does
    running = {k: v.clone() for k, v in net.state_dict().items()}
    F.cross_entropy(net(X[:64]), Y[:64]).backward()
    layers = []
    for layer, z in net.results.items():
        module = getattr(net, layer)
        moved = z.grad[z.grad != 0]
        d = {"layer": layer, "pre_activation": percentiles(z), "gradient": percentiles(moved),
             "gradient_zeros": 1 - moved.numel() / z.numel(), "weight_norm": module.weight.norm().item()}
        if layer in net.rectified:
            y = net.rectified[layer].transpose(0, 1).flatten(1)
            d["dead"] = (y == 0).all(1).double().mean().item()
        if layer.endswith("_bn"):
            x = net.results[layer[:-3]].transpose(0, 1).flatten(1)
            std = (running[layer + ".running_var"] + module.eps).sqrt()
            d["mean_gap"] = ((x.mean(1) - running[layer + ".running_mean"]) / std).square().mean().sqrt().item()
            d["var_gap"] = ((x.var(1) + module.eps).log() - 2 * std.log()).square().mean().sqrt().item()
        layers.append(d)
    case = {"model": name, "start": start, "layers": layers}
    if bn:
        net.eval()
        exact = {}
        for layer in ("conv1", "conv2"):
            with torch.no_grad():
                z = X
                for before in ("conv1", "conv2"):
                    z = getattr(net, before)(z)
                    if before == layer:
                        break
                    z = F.max_pool2d(F.relu(getattr(net, before + "_bn")(z)), 2)
            z, norm = z.transpose(0, 1).flatten(1), getattr(net, layer + "_bn")
            norm.running_mean, norm.running_var = z.mean(1), z.var(1)
            exact[layer + "_bn.running_mean"], exact[layer + "_bn.running_var"] = norm.running_mean.tolist(), norm.running_var.tolist()
        case["recalibrated"] = exact
        with torch.no_grad():
            case["loss"] = F.cross_entropy(net(X), Y).item()
    cases.append(case)
with open(os.path.join(a.out, "diagnostics.json"), "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
