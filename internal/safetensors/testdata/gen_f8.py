#!/usr/bin/env python3
"""Writes f8.json beside this file with PyTorch 2.14: for each type of 8 bits, by its name in safetensors, the values of the
bytes 0 to 255 as PyTorch's copy_ converts them to float64. NaN and infinities are strings."""
import json, math, os
import torch

types = {"F8_E4M3": torch.float8_e4m3fn, "F8_E5M2": torch.float8_e5m2, "F8_E4M3FNUZ": torch.float8_e4m3fnuz,
         "F8_E5M2FNUZ": torch.float8_e5m2fnuz, "F8_E8M0": torch.float8_e8m0fnu}
raw = torch.arange(256).to(torch.uint8)
out = {}
for name, t in types.items():
    y = torch.zeros(256, dtype=torch.float64)
    y.copy_(raw.view(t))
    out[name] = [x if math.isfinite(x) else str(x) for x in y.tolist()]
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "f8.json"), "w") as f:
    f.write("{\n" + ",\n".join(json.dumps(k) + ": " + json.dumps(v) for k, v in out.items()) + "\n}\n")
