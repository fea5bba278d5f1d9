#!/usr/bin/env python3
"""Writes strict.zip beside this file with PyTorch 2.14: state dicts of one small network, each changed in one way, and
expected.json, which has the values that the network has after a strict load_state_dict, or null where that refuses it.
Wrapped ones are written by the wrapper and expected to be what the network in it has."""
import collections, io, json, os, zipfile
from collections import OrderedDict, defaultdict
import numpy as np
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

out = zipfile.ZipFile(os.path.join(os.path.dirname(os.path.abspath(__file__)), "strict.zip"), "w", zipfile.ZIP_DEFLATED)


def network(seed):
    torch.manual_seed(seed)
    net = nn.Sequential(OrderedDict(conv=nn.Conv2d(1, 2, 3), conv_bn=nn.BatchNorm2d(2), flat=nn.Flatten(), fc=nn.Linear(8, 3)))
    for _ in range(3):
        net(torch.randn(4, 1, 4, 4))
    return net


source = network(1)
base = source.state_dict()
expected = {}


def values(net):
    return {k: [list(v.shape), v.double().reshape(-1).tolist()] for k, v in net.state_dict().items()}


def write(name, value, inner=None, **options):
    """Saves value. inner is the state dict that the network takes from it; without one it is value itself."""
    b = io.BytesIO()
    torch.save(value, b, **options)
    out.writestr(zipfile.ZipInfo(name), b.getvalue(), zipfile.ZIP_DEFLATED)
    net = network(2)
    try:
        net.load_state_dict(value if inner is None else inner, strict=True)
        expected[name] = values(net)
    except Exception as e:
        expected[name] = None
        print(name, "refused:", str(e).replace("\n", " ")[:150])


def change(**changes):
    """The state dict with some values changed or, if None, left out; dots are double underscores."""
    new = OrderedDict(base)
    new._metadata = base._metadata
    for key, v in changes.items():
        key = key.replace("__", ".").replace("batches.tracked", "batches_tracked")
        if v is None:
            del new[key]
        else:
            new[key] = v
    return new


def every(f):
    new = OrderedDict((k, f(v) if v.dtype.is_floating_point else v) for k, v in base.items())
    new._metadata = base._metadata
    return new


bias, weight, batches = base["conv.bias"], base["fc.weight"], "conv_bn.num_batches_tracked"
write("base", base)
for t in ["float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "bool", "float8_e4m3fn", "float8_e5m2"]:
    write(t, every(lambda v: (3 * v).to(getattr(torch, t))))
for t in ["uint8", "uint16", "uint32"]:
    write(t, every(lambda v: (100 * v.abs()).to(getattr(torch, t))))
counter = lambda v: change(**{"conv_bn__num_batches_tracked": v})
write("counter_float", counter(torch.tensor(2.7)))
write("counter_negative", counter(torch.tensor(-2.7, dtype=torch.float64)))
write("counter_int32", counter(torch.tensor(7, dtype=torch.int32)))
write("counter_bool", counter(torch.tensor(True)))
write("counter_of_1", counter(torch.tensor([7])))
write("counter_of_1_float", counter(torch.tensor([7.])))
write("counter_of_2", counter(torch.tensor([7, 8])))
write("counter_of_1_1", counter(torch.tensor([[7]])))
write("counter_of_0", counter(torch.zeros(0, dtype=torch.int64)))
write("no_counter", counter(None))
write("no_counter_no_versions", dict(counter(None)))
old = counter(None)
old._metadata = OrderedDict((k, {"version": 1}) for k in base._metadata)
write("no_counter_version_1", old)
old = counter(None)
old._metadata = OrderedDict()
write("no_counter_empty_versions", old)
write("no_mean", dict(change(conv_bn__running_mean=None)))
write("no_bias", change(conv__bias=None))
write("extra", change(more=torch.ones(1)))
write("extra_state", change(conv___extra_state=torch.ones(1)))
write("extra_number", change(epoch=3))
write("bias_of_1_2", change(conv__bias=bias.view(1, 2)))
write("bias_scalar", change(conv__bias=bias[0]))
write("bias_longer", change(conv__bias=torch.ones(3)))
write("weight_transposed", change(fc__weight=weight.t()))
write("weight_flat", change(fc__weight=weight.reshape(-1)))
write("empty", OrderedDict())
write("array", change(conv__bias=np.ones(2, dtype=np.float32)))
write("list", change(conv__bias=[1., 2.]))
write("none", change(conv__bias=None) | {"conv.bias": None})
write("sparse", change(fc__weight=weight.to_sparse()))
write("quantized", change(fc__weight=torch.quantize_per_tensor(weight, 0.1, 0, torch.qint8)))
write("strided", change(fc__weight=torch.stack([weight, weight], 2)[:, :, 1], conv__bias=torch.arange(9.)[1::5]))
write("columns", change(fc__weight=weight.t().contiguous().t()))
write("channels_last", change(conv__weight=base["conv.weight"].contiguous(memory_format=torch.channels_last)))
write("expanded", change(fc__weight=torch.tensor([[1.], [2.], [3.]]).expand(3, 8), conv__bias=torch.tensor(5.).expand(2)))
memory = torch.arange(40.)
write("shared", change(fc__weight=memory[8:32].view(3, 8), conv__bias=memory[8:10], fc__bias=memory[9:12]))
write("tied", change(conv_bn__weight=bias, conv_bn__bias=bias))
write("parameters", OrderedDict((k, nn.Parameter(v, requires_grad=v.dtype.is_floating_point)) for k, v in base.items()))
marked = nn.Parameter(bias.clone())
marked.decay = False
write("attributes", change(conv__bias=marked))
write("needs_gradient", change(conv__bias=bias.clone().requires_grad_()))
write("negative", change(conv__bias=torch.complex(bias, bias).conj().imag))
write("not_finite", change(conv__bias=torch.tensor([float("nan"), float("-inf")])))
write("tiny", change(conv__bias=torch.tensor([1e-60, -0.0], dtype=torch.float64)))
write("rounded", change(conv__bias=torch.tensor([0.1, 1 + 2**-24 + 2**-40], dtype=torch.float64)))
write("reversed", OrderedDict(reversed(list(base.items()))))
write("plain_dict", dict(base))
write("default_dict", defaultdict(list, base))
write("counter_dict", collections.Counter(dict(base)))
write("legacy", base, _use_new_zipfile_serialization=False)
write("legacy_half", every(lambda v: v.half()), _use_new_zipfile_serialization=False)
for p in [3, 4, 5]:
    write(f"protocol{p}", base, pickle_protocol=p)
# Taken by PyTorch, refused here, and documented.
write("complex", change(conv__bias=torch.complex(bias, bias)))
write("beyond_float32", change(conv__bias=torch.tensor([1e300, 0], dtype=torch.float64)))
write("counter_nan", counter(torch.tensor(float("nan"))))

# Wrapped.
parallel, averaged, compiled = nn.DataParallel(source), AveragedModel(source), torch.compile(source)
write("module", parallel.state_dict(), base)
write("n_averaged", averaged.state_dict(), base)
write("orig_mod", compiled.state_dict(), base)
write("module_orig_mod", nn.DataParallel(compiled).state_dict(), base)
write("orig_mod_module", torch.compile(parallel).state_dict(), base)
write("averaged_orig_mod", AveragedModel(compiled).state_dict(), base)
write("averaged_module", AveragedModel(parallel).state_dict(), base)
partly = network(1)
partly.conv = torch.compile(partly.conv)
write("inner_orig_mod", partly.state_dict(), base)
holder = nn.Module()
holder.net = source
write("net", holder.state_dict(), base)
holder.net = compiled
write("net_orig_mod", nn.DataParallel(holder).state_dict(), base)
write("module_no_counter", {"module." + k: v for k, v in counter(None).items()}, dict(counter(None)))

# One level down, and more.
optimizer = torch.optim.Adam(source.parameters())
source(torch.randn(4, 1, 4, 4)).sum().backward()
optimizer.step()
base = source.state_dict()
for key in ["model_state_dict", "state_dict", "model", "net", "weights", "params"]:
    write("in_" + key, {"epoch": 3, key: base, "optimizer": optimizer.state_dict(), "loss": 0.25}, base)
write("in_module", {"state_dict": nn.DataParallel(source).state_dict(), "best": 0.5}, base)
write("in_lightning", {"state_dict": {"model." + k: v for k, v in base.items()}, "pytorch-lightning_version": "2.4.0",
                       "optimizer_states": [optimizer.state_dict()], "lr_schedulers": [], "hyper_parameters": {"lr": 0.1}}, base)
write("in_two", {"a": {"b": base}}, base)
write("in_tuple", (base, 3), base)
write("in_legacy", {"state_dict": base, "optimizer": optimizer.state_dict()}, base, _use_new_zipfile_serialization=False)

text = "{\n" + ",\n".join(json.dumps(k) + ": " + json.dumps(v).replace("NaN", '"nan"').replace("-Infinity", '"-inf"').replace("Infinity", '"inf"')
                          for k, v in expected.items()) + "\n}\n"
out.writestr(zipfile.ZipInfo("expected.json"), text, zipfile.ZIP_DEFLATED)
out.close()
