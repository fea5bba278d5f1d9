#!/usr/bin/env python3
"""Writes embedding.json beside this file with PyTorch 2.14.1: Embedding in float64, with its gradient."""
import json, os
import torch

torch.manual_seed(7)
flat = lambda t: t.detach().double().reshape(-1).tolist()
cases = []
for shape, num, dim, padding in [((3, 4), 7, 5, None), ((2, 6), 5, 3, 0), ((4,), 3, 2, -1), ((2, 2, 3), 1, 1, None)]:
    layer = torch.nn.Embedding(num, dim, padding_idx=padding, dtype=torch.float64)
    torch.nn.init.normal_(layer.weight)
    i = torch.randint(num, shape)
    y = layer(i)
    dy = torch.randn_like(y)
    y.backward(dy)
    cases.append({"shape": shape, "num": num, "dim": dim, "padding": padding, "indices": flat(i), "weight": flat(layer.weight),
                  "y": flat(y), "dy": flat(dy), "dw": flat(layer.weight.grad)})
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "embedding.json"), "w") as f:
    json.dump(cases, f)
    f.write("\n")
