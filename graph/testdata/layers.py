#!/usr/bin/env python3
"""Writes layers.json beside this file: single layers of PyTorch 1.13.1, forward and backward, on one thread. See README.md.

Usage: layers.py [--seed N] [--out FILE]
"""
import argparse
import json
import os

import torch
import torch.nn as nn
import torch.nn.functional as F

ap = argparse.ArgumentParser()
ap.add_argument("--seed", type=int, default=1)
ap.add_argument("--out", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "layers.json"))
a = ap.parse_args()
torch.manual_seed(a.seed)
torch.set_num_threads(1)
D = torch.float64
rn = lambda *s: torch.randn(*s, dtype=D)
out = []

# These numbers follow those of solvers.json in one random stream: two parameters and 20 gradients for each, 18 times.
for _ in range(18 * 21):
    rn(3, 2), rn(4)


def T(t):
    return {"shape": list(t.shape), "data": t.detach().double().reshape(-1).tolist()}


def case(kind, args, f, inputs):
    xs = {k: v.clone().requires_grad_(v.dtype.is_floating_point) for k, v in inputs.items()}
    y = f(**xs)
    dy = torch.randn_like(y)
    y.backward(dy)
    c = {"kind": kind, "args": args, "inputs": {k: T(v) for k, v in xs.items()}, "output": T(y), "grad_output": T(dy),
         "grads": {k: T(v.grad) for k, v in xs.items() if v.dtype.is_floating_point}}
    out.append(c)


for (n, c, h, w, oc, k, st, p, dil, g) in [(2, 1, 8, 8, 3, 5, 1, 0, 1, 1), (3, 4, 9, 7, 5, 3, 1, 1, 1, 1), (2, 3, 11, 11, 4, 3, 2, 1, 1, 1),
                                       (1, 2, 5, 5, 6, 1, 1, 0, 1, 1), (2, 3, 12, 10, 2, 5, 3, 2, 1, 1), (2, 10, 12, 12, 20, 5, 1, 0, 1, 1),
                                       (2, 4, 9, 9, 6, 3, 1, 2, 2, 1), (2, 4, 7, 7, 6, 3, 1, 1, 1, 2)]:
    args = dict(kernel=k, stride=st, padding=p, dilation=dil, groups=g)
    case("conv2d", args, lambda x, weight, bias: F.conv2d(x, weight, bias, stride=st, padding=p, dilation=dil, groups=g),
         dict(x=rn(n, c, h, w), weight=rn(oc, c // g, k, k), bias=rn(oc)))
for (n, c, h, w, k, st, p) in [(2, 3, 8, 8, 2, 2, 0), (2, 2, 9, 7, 3, 2, 1), (1, 4, 6, 6, 3, 1, 1), (2, 1, 7, 7, 2, 2, 0)]:
    case("maxpool2d", dict(kernel=k, stride=st, padding=p), lambda x: F.max_pool2d(x, k, st, p), dict(x=rn(n, c, h, w)))
    case("avgpool2d", dict(kernel=k, stride=st, padding=p), lambda x: F.avg_pool2d(x, k, st, p), dict(x=rn(n, c, h, w)))
case("linear", {}, lambda x, weight, bias: F.linear(x, weight, bias), dict(x=rn(5, 7), weight=rn(3, 7), bias=rn(3)))
case("relu", {}, lambda x: F.relu(x), dict(x=rn(4, 5)))
for smooth, labels in ((0.0, [5, 3, 3, 2, 5]), (0.1, [2, 2, 5, 5, 1])):
    case("cross_entropy", dict(label_smoothing=smooth, labels=labels),
         lambda x: F.cross_entropy(x, torch.tensor(labels), label_smoothing=smooth), dict(x=3 * rn(5, 6)))
case("cross_entropy", dict(label_smoothing=0.0, labels=[0, 1]),
     lambda x: F.cross_entropy(x, torch.tensor([0, 1])), dict(x=torch.tensor([[800.0, -800.0, 0.0], [800.0, -800.0, 0.0]], dtype=D)))
for shape in [(6, 3, 4, 5), (2, 4, 3, 3), (8, 5)]:
    for training in (True, False):
        for mom in (0.1, 0.01, None):
            C = shape[1]
            bn = (nn.BatchNorm2d if len(shape) == 4 else nn.BatchNorm1d)(C, momentum=mom).double()
            with torch.no_grad():
                bn.weight.copy_(rn(C)); bn.bias.copy_(rn(C)); bn.running_mean.copy_(rn(C)); bn.running_var.copy_(rn(C).abs() + 0.5)
            rm, rv = bn.running_mean.clone(), bn.running_var.clone()
            bn.train(training)
            x = (rn(*shape) * 2 + 3).requires_grad_()
            x2 = rn(*shape)
            y = bn(x); dy = torch.randn_like(y); y.backward(dy)
            c = {"kind": "batchnorm", "args": dict(momentum=mom, eps=bn.eps, training=training),
                 "inputs": dict(x=T(x), weight=T(bn.weight), bias=T(bn.bias), running_mean=T(rm), running_var=T(rv)),
                 "output": T(y), "grad_output": T(dy), "grads": dict(x=T(x.grad), weight=T(bn.weight.grad), bias=T(bn.bias.grad)),
                 "running_mean_after": T(bn.running_mean), "running_var_after": T(bn.running_var)}
            with torch.no_grad():
                bn(x2)
            c["x2"] = T(x2); c["running_mean_after_x2"] = T(bn.running_mean); c["running_var_after_x2"] = T(bn.running_var)
            out.append(c)
# The mean is far from zero: in float32, E[x^2] - E[x]^2 in one pass would lose all digits.
x = (torch.randn(16, 2, 6, 6, dtype=torch.float32) + torch.tensor([1e4, -3e3]).view(1, 2, 1, 1)).double()
case("batchnorm_far_mean_f32", dict(eps=1e-5, training=True), lambda x, weight, bias: F.batch_norm(x, None, None, weight, bias, True, 0.1, 1e-5),
     dict(x=x, weight=torch.ones(2, dtype=D), bias=torch.zeros(2, dtype=D)))
with open(a.out, "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in out) + "\n]\n")
