#!/usr/bin/env python3
"""Writes the .pt files whose names begin with new_ beside this file with torch.save of PyTorch 2.14, and expected214.json as
gen.py writes expected.json: what only later versions write, and all of it in the format from before 1.6, too."""
import json, os
from collections import OrderedDict
import torch
from torch import nn

here = os.path.dirname(os.path.abspath(__file__))
names = {torch.float32: "F32", torch.float64: "F64", torch.bfloat16: "BF16", torch.float8_e4m3fn: "F8_E4M3", torch.float8_e5m2: "F8_E5M2",
         torch.float8_e4m3fnuz: "F8_E4M3FNUZ", torch.float8_e5m2fnuz: "F8_E5M2FNUZ", torch.float8_e8m0fnu: "F8_E8M0",
         torch.uint16: "U16", torch.uint32: "U32", torch.uint64: "U64", torch.int64: "I64"}


def raw(t):
    t = t.detach().resolve_neg().clone(memory_format=torch.contiguous_format).reshape(-1)
    return bytes(t.view(torch.uint8).tolist()) if t.numel() else b""


attributes = torch.arange(4.)
attributes.note = "a tensor with an attribute"
parameter = nn.Parameter(torch.arange(6.).view(2, 3))
parameter.decay = False
state = OrderedDict(
    attributes=attributes, parameter=parameter, plain=nn.Parameter(torch.ones(2)), buffer=nn.Buffer(torch.zeros(2)),
    negative=torch.complex(torch.ones(3), torch.tensor([1., -2., 0.])).conj().imag,
    e4m3=torch.linspace(-3, 3, 7).to(torch.float8_e4m3fn), e5m2=torch.linspace(-3, 3, 7).to(torch.float8_e5m2),
    e4m3fnuz=torch.linspace(-3, 3, 6).view(2, 3).to(torch.float8_e4m3fnuz).t(), e5m2fnuz=torch.linspace(-3, 3, 7).to(torch.float8_e5m2fnuz),
    e8m0=torch.tensor([1., 2., 0.25]).to(torch.float8_e8m0fnu), u16=torch.tensor([1, 65535], dtype=torch.uint16)[1:],
    u32=torch.tensor([[1, 2**32 - 1]], dtype=torch.uint32), u64=torch.tensor([1, 2**64 - 1], dtype=torch.uint64), scalar=torch.tensor(7))
net = nn.Sequential(OrderedDict(conv=nn.Conv2d(1, 2, 3), conv_bn=nn.BatchNorm2d(2), flat=nn.Flatten(), fc=nn.Linear(8, 3)))
expected = {}
for name, value, options in [
    ("new_types.pt", state, {}), ("new_types5.pt", state, {"pickle_protocol": 5}), ("new_model.pt", net.state_dict(), {}),
    ("new_legacy_model.pt", net.state_dict(), {"_use_new_zipfile_serialization": False}),
    ("new_legacy_types4.pt", state, {"_use_new_zipfile_serialization": False, "pickle_protocol": 4}),
]:
    torch.save(value, os.path.join(here, name), **options)
    expected[name] = [[k, names[t.dtype], list(t.shape), raw(t).hex()] for k, t in value.items()]
with open(os.path.join(here, "expected214.json"), "w") as f:
    f.write("{\n" + ",\n".join(json.dumps(k) + ": [\n" + ",\n".join(json.dumps(t) for t in v) + "\n]" for k, v in expected.items()) + "\n}\n")
