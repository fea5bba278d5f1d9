#!/usr/bin/env python3
"""Writes torch.json beside this file with PyTorch 2.14.1: MultiheadAttention with batch_first, and its gradients, in float64.

Masks are added; -1e300 stands for -inf, which JSON does not have.
"""
import json, os
import torch
from torch import nn

torch.manual_seed(14)
flat = lambda t: None if t is None else t.detach().reshape(-1).tolist()
rn = lambda *s: torch.randn(*s, dtype=torch.float64)
cases = []
for name, N, T, S, heads, dim, inputs, bias, pairs, keys, causal in [
    ("self", 2, 5, 5, 2, 3, 1, True, None, False, False),
    ("no bias", 2, 5, 5, 2, 3, 1, False, None, False, False),
    ("one head of one", 1, 1, 1, 1, 1, 1, True, None, False, False),
    ("memory", 3, 4, 7, 2, 4, 2, True, None, False, False),
    ("three inputs", 2, 3, 6, 3, 2, 3, True, None, False, False),
    ("causal", 2, 6, 6, 2, 3, 1, True, None, False, True),
    ("causal, fewer queries", 1, 3, 6, 2, 3, 2, True, None, False, True),
    ("mask of pairs", 2, 4, 5, 2, 3, 2, True, (4, 5), False, False),
    ("mask of heads", 2, 4, 5, 2, 3, 2, True, (4, 4, 5), False, False),
    ("padding", 3, 5, 5, 2, 4, 1, True, None, True, False),
    ("all masks", 2, 5, 5, 2, 4, 1, True, (5, 5), True, True),
    ("longer", 1, 40, 37, 1, 5, 2, True, None, True, False),
]:
    E = heads * dim
    m = nn.MultiheadAttention(E, heads, bias=bias, batch_first=True, dtype=torch.float64)
    for p in m.parameters():
        nn.init.normal_(p, std=0.5)
    x = [rn(N, T, E).requires_grad_()] + [rn(N, S, E).requires_grad_() for _ in range(inputs - 1)]
    q, k, v = x[0], x[min(1, inputs - 1)], x[inputs - 1]
    mask = None if pairs is None else rn(*pairs)
    if mask is not None:
        mask[..., 1, 2:4] = float("-inf")
    padding = None
    if keys:
        padding = torch.zeros(N, S, dtype=torch.float64)
        for n in range(N):
            padding[n, S - 1 - n:] = float("-inf")
    full = mask
    if causal:
        hide = torch.full((T, S), float("-inf"), dtype=torch.float64).triu(1)
        full = hide if mask is None else mask + hide
    y, _ = m(q, k, v, attn_mask=full, key_padding_mask=padding)
    dy = torch.randn_like(y)
    y.backward(dy)
    put = lambda t: None if t is None else flat(torch.where(torch.isinf(t), torch.full_like(t, -1e300), t))
    cases.append({
        "name": name, "n": N, "queries": T, "keys": S, "heads": heads, "dim": dim, "causal": causal, "pairs": put(mask), "padding": put(padding),
        "inputs": [flat(v) for v in x], "dinputs": [flat(v.grad) for v in x], "y": flat(y), "dy": flat(dy),
        "weights": {k: flat(p) for k, p in m.named_parameters()}, "dweights": {k: flat(p.grad) for k, p in m.named_parameters()},
    })
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "torch.json"), "w") as f:
    json.dump(cases, f)
    f.write("\n")
