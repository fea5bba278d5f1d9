#!/usr/bin/env python3
"""Writes the .pt files beside this file with torch.save of PyTorch 1.13, and expected.json: for each file that is a state dict
the tensors in order, each with its type, its shape and its row-major little-endian bytes in hex."""
import argparse, datetime, io, json, os, pathlib, random, struct, zipfile
from collections import Counter, OrderedDict, defaultdict
import numpy as np
import torch
from torch import nn

here = os.path.dirname(os.path.abspath(__file__))
names = {torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64",
         torch.int32: "I32", torch.int16: "I16", torch.int8: "I8", torch.uint8: "U8", torch.bool: "BOOL"}
expected = {}


def raw(t):
    return bytes(t.detach().clone(memory_format=torch.contiguous_format).reshape(-1).view(torch.uint8).tolist()) if t.numel() else b""


def expect(name, state):
    expected[name] = [[k, names[t.dtype], list(t.shape), raw(t).hex()] for k, t in state.items()]


def save(name, state):
    torch.save(state, os.path.join(here, name))
    expect(name, state)


torch.manual_seed(1)
net = nn.Sequential(OrderedDict(conv=nn.Conv2d(1, 2, 3), conv_bn=nn.BatchNorm2d(2), flat=nn.Flatten(), fc=nn.Linear(8, 3)))
for _ in range(3):
    net(torch.randn(4, 1, 4, 4))
save("model.pt", net.state_dict())

save("types.pt", {
    "double": torch.tensor([[0.1, -1e300]], dtype=torch.float64), "half": torch.tensor([1, -2.5, 65504, 6e-8, -float("inf")]).half(),
    "bfloat": torch.tensor([1, -2.5, 3.3895314e38, 0]).bfloat16(), "scalar": torch.tensor(-938), "float scalar": torch.tensor(0.5),
    "long": torch.tensor([2**62, -1]), "int": torch.tensor([-2, 70000], dtype=torch.int32), "short": torch.tensor([-3, 300], dtype=torch.int16),
    "char": torch.tensor([-4, 4], dtype=torch.int8), "byte": torch.tensor([0, 255], dtype=torch.uint8),
    "bool": torch.tensor([True, False]), "empty": torch.zeros(0, 3), "größe": torch.ones(1, 1, 1),
})

base = torch.arange(60, dtype=torch.float32)
views = OrderedDict(
    whole=base.view(3, 4, 5), transposed=base.view(12, 5).t(), permuted=base.view(3, 4, 5).permute(2, 0, 1), tail=base[50:],
    steps=base[3:50:7], column=base.view(12, 5)[:, 2], box=base.view(3, 4, 5)[1:, ::2, 1:4], expanded=torch.tensor([1., 2.]).expand(3, 2),
    parameter=nn.Parameter(base[:6].view(2, 3)), channels_last=torch.arange(24.).view(1, 2, 3, 4).contiguous(memory_format=torch.channels_last),
    ones=base.view(1, 60, 1).transpose(0, 2))
views.update((f"row.{i}", base.view(60, 1)[i]) for i in range(60))  # enough for a memo of more than 256
save("views.pt", views)

torch.save(net.state_dict(), os.path.join(here, "legacy.pt"), _use_new_zipfile_serialization=False)
torch.save({"epoch": 3, "state_dict": net.state_dict()}, os.path.join(here, "nested.pt"))
torch.save({"model": net.state_dict(), "optimizer": torch.optim.SGD(net.parameters(), 0.1).state_dict()}, os.path.join(here, "checkpoint.pt"))
torch.save(nn.Linear(2, 1), os.path.join(here, "module.pt"))
torch.save(torch.ones(2), os.path.join(here, "tensor.pt"))
torch.save(net.state_dict(), os.path.join(here, "protocol4.pt"), pickle_protocol=4)
for name in ["legacy.pt", "nested.pt", "checkpoint.pt", "protocol4.pt"]:
    expect(name, net.state_dict())

# The other protocols, in both formats; legacy_views.pt has every way to look at a storage.
for protocol in [3, 5]:
    torch.save(net.state_dict(), os.path.join(here, f"protocol{protocol}.pt"), pickle_protocol=protocol)
    expect(f"protocol{protocol}.pt", net.state_dict())
for protocol in [3, 4, 5]:
    torch.save(net.state_dict(), os.path.join(here, f"legacy_protocol{protocol}.pt"), pickle_protocol=protocol, _use_new_zipfile_serialization=False)
    expect(f"legacy_protocol{protocol}.pt", net.state_dict())
small = OrderedDict((k, v) for k, v in views.items() if not k.startswith("row."))
torch.save(small, os.path.join(here, "legacy_views.pt"), _use_new_zipfile_serialization=False)
expect("legacy_views.pt", small)
torch.save(nn.Linear(2, 1), os.path.join(here, "legacy_module.pt"), _use_new_zipfile_serialization=False)

# What programs save beside the weights: numbers and lists, the state of Adam and of a schedule, objects of Python and NumPy.
optimizer = torch.optim.Adam(net.parameters(), 0.1)
net(torch.randn(4, 1, 4, 4)).sum().backward()
optimizer.step()
everything = {
    "epoch": 3, "best": 0.991, "none": None, "args": argparse.Namespace(lr=0.1, out=pathlib.PurePosixPath("runs")), "history": [[1.5, 0.5], (1, 2)],
    "classes": {"a", "b"}, "frozen": frozenset([1]), "numpy": np.float64(0.5), "array": np.arange(3), "counts": Counter("aab"),
    "defaults": defaultdict(list, a=[1]), "rng": random.getstate(), "rng_torch": torch.get_rng_state()[:16], "big": 2**80, "bytes": b"abc", "dtype": torch.float32,
    "device": torch.device("cpu"), "size": torch.Size([2, 3]), "when": datetime.date(2024, 1, 2), "optimizer": optimizer.state_dict(),
    "schedule": torch.optim.lr_scheduler.StepLR(optimizer, 1).state_dict(), "state_dict": net.state_dict(),
}
for name, options in [("everything.pt", {}), ("everything4.pt", {"pickle_protocol": 4}), ("legacy_everything.pt", {"_use_new_zipfile_serialization": False})]:
    torch.save(everything, os.path.join(here, name), **options)

# big.pt is what a big-endian machine saves since PyTorch 2.1: a record byteorder, and the storages' bytes swapped.
state = {"whole": torch.arange(6.).view(2, 3), "transposed": torch.arange(6., 12.).view(2, 3).t()}
little = io.BytesIO()
torch.save(state, little)
with zipfile.ZipFile(little) as z, zipfile.ZipFile(os.path.join(here, "big.pt"), "w") as big:
    for name in z.namelist():
        data = z.read(name)
        if "/data/" in name:
            data = struct.pack(">%df" % (len(data) // 4), *struct.unpack("<%df" % (len(data) // 4), data))
        big.writestr(zipfile.ZipInfo(name), data)
    big.writestr(zipfile.ZipInfo("archive/byteorder"), "big")
expect("big.pt", state)

with open(os.path.join(here, "expected.json"), "w") as f:
    f.write("{\n" + ",\n".join(json.dumps(k) + ": [\n" + ",\n".join(json.dumps(t, ensure_ascii=False) for t in v) + "\n]"
                               for k, v in expected.items()) + "\n}\n")
