#!/usr/bin/env python3
"""Writes pytorch.safetensors beside this file from tensors of PyTorch 1.13, in their order, by the format's description alone."""
import json, os, struct
import torch

state = {
    "conv.weight": torch.tensor([-1.5, 0.25, 3, 1e-40]).reshape(2, 1, 1, 2),
    "bn.num_batches_tracked": torch.tensor(938),
    "half": torch.tensor([1, -2.5, 65504, 6e-8, -float("inf")]).half(),
    "bfloat": torch.tensor([1, -2.5, 3.3895314e38, 0]).bfloat16(),
    "double": torch.tensor([[0.1, -1e300]], dtype=torch.float64),
    "bytes": torch.tensor([0, 255], dtype=torch.uint8),
    "empty": torch.zeros(0, 3),
}
names = {torch.float32: "F32", torch.int64: "I64", torch.float16: "F16", torch.bfloat16: "BF16", torch.float64: "F64", torch.uint8: "U8"}
header, data = {"__metadata__": {"format": "pt"}}, b""
for name, t in state.items():
    raw = bytes(t.reshape(-1).view(torch.uint8).tolist())
    header[name] = {"dtype": names[t.dtype], "shape": list(t.shape), "data_offsets": [len(data), len(data) + len(raw)]}
    data += raw
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "pytorch.safetensors"), "wb") as f:
    f.write(struct.pack("<Q", len(text)) + text + data)
