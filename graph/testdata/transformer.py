#!/usr/bin/env python3
"""Writes transformer.json beside this file: PyTorch 2.14.1's TransformerEncoderLayer and its gradients, in float64."""
import json, os
import torch
from torch import nn

torch.manual_seed(15)
flat = lambda t: t.detach().reshape(-1).tolist()
rn = lambda *s: torch.randn(*s, dtype=torch.float64)
cases = []
for norm_first in (False, True):
    for activation in ("relu", "gelu"):
        for causal in (False, True):
            m = nn.TransformerEncoderLayer(6, 2, 9, dropout=0.0, activation=activation, layer_norm_eps=1e-4, batch_first=True,
                                           norm_first=norm_first, dtype=torch.float64)
            for p in m.parameters():
                nn.init.normal_(p, std=0.7)
            x = rn(3, 5, 6).requires_grad_()
            mask = nn.Transformer.generate_square_subsequent_mask(5, dtype=torch.float64) if causal else None
            y = m(x, src_mask=mask)
            dy = torch.randn_like(y)
            y.backward(dy)
            cases.append({"norm_first": norm_first, "gelu": activation == "gelu", "causal": causal, "x": flat(x), "y": flat(y), "dy": flat(dy),
                          "dx": flat(x.grad), "params": {k: flat(p) for k, p in m.named_parameters()},
                          "grads": {k: flat(p.grad) for k, p in m.named_parameters()}})
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "transformer.json"), "w") as f:
    json.dump(cases, f)
    f.write("\n")
