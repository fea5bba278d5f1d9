#!/usr/bin/env python3
"""Writes torch.json beside this file with PyTorch 2.14.1: activation functions and their gradients, in float64.

Numbers are strings, since JSON has no NaN and no infinity.
"""
import json, os
import torch
import torch.nn.functional as F

torch.manual_seed(13)
inf = float("inf")
edges = [0.0, -0.0, 1e-8, -1e-8, 3.0, -3.0, 2.999, -2.999, 3.001, -3.001, 20.0, 20.5, -20.0, 80.0, -80.0, 100.0, -100.0, 800.0, -800.0,
         inf, -inf, float("nan")]
x = torch.cat([torch.tensor(edges, dtype=torch.float64), 3 * torch.randn(70, dtype=torch.float64)])
text = lambda t: [repr(v) for v in t.detach().reshape(-1).tolist()]
cases = []
for name, f in {
    "LeakyReLU": F.leaky_relu, "LeakyReLU(0.3)": lambda x: F.leaky_relu(x, 0.3), "LeakyReLU(-0.2)": lambda x: F.leaky_relu(x, -0.2),
    "ELU": F.elu, "ELU(0.7)": lambda x: F.elu(x, 0.7), "SELU": F.selu,
    "GELU": F.gelu, "GELUTanh": lambda x: F.gelu(x, approximate="tanh"), "SiLU": F.silu, "Mish": F.mish,
    "Hardswish": F.hardswish, "Hardsigmoid": F.hardsigmoid, "Sigmoid": torch.sigmoid, "Tanh": torch.tanh,
    "Softplus": F.softplus, "Softplus(2, 5)": lambda x: F.softplus(x, 2, 5),
}.items():
    x.grad = None
    x.requires_grad_()
    dy = torch.randn_like(x)
    y = f(x)
    y.backward(dy)
    cases.append({"name": name, "x": text(x), "y": text(y), "dy": text(dy), "dx": text(x.grad)})
for name, shape, channels in ("PReLU", (3, 4, 5), 4), ("PReLU of one", (3, 4, 5), 1), ("PReLU of rows", (6, 7), 7):
    x = torch.randn(shape, dtype=torch.float64, requires_grad=True)
    w = torch.randn(channels, dtype=torch.float64, requires_grad=True)
    y = F.prelu(x, w)
    dy = torch.randn_like(y)
    y.backward(dy)
    cases.append({"name": name, "shape": shape, "x": text(x), "w": text(w), "y": text(y), "dy": text(dy), "dx": text(x.grad), "dw": text(w.grad)})
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "torch.json"), "w") as f:
    json.dump(cases, f, indent=0)
    f.write("\n")
