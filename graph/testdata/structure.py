"""Records PyTorch's own samples (module_db and op_db) of convolutions, transposed convolutions, pooling, padding, upsampling,
cat and split, with outputs and gradients in float64, as lines of JSON. PyTorch 2.14.1 wrote structure.jsonl, with MOST 12.

usage: structure.py FILE [MOST]     MOST: at most so many samples of a kind, short ones; all without
"""
import collections
import json
import sys

import torch
from torch.nn import functional as F
from torch.testing._internal.common_methods_invocations import op_db
from torch.testing._internal.common_modules import module_db

OPS = """nn.functional.conv1d nn.functional.conv2d nn.functional.conv_transpose1d nn.functional.conv_transpose2d
nn.functional.max_pool1d nn.functional.max_pool2d nn.functional.avg_pool1d nn.functional.avg_pool2d
nn.functional.adaptive_avg_pool1d nn.functional.adaptive_avg_pool2d nn.functional.adaptive_max_pool1d
nn.functional.adaptive_max_pool2d nn.functional.pad nn.functional.upsample_nearest nn.functional.upsample_bilinear
nn.functional.interpolate cat split split_list""".split()
MODULES = """Conv1d Conv2d ConvTranspose1d ConvTranspose2d MaxPool1d MaxPool2d AvgPool1d AvgPool2d AdaptiveAvgPool1d
AdaptiveAvgPool2d AdaptiveMaxPool1d AdaptiveMaxPool2d ReflectionPad1d ReflectionPad2d ReplicationPad1d ReplicationPad2d
ConstantPad1d ConstantPad2d ConstantPad3d ZeroPad1d ZeroPad2d CircularPad1d CircularPad2d""".split()
NAMES = {"conv": "stride padding dilation groups", "conv_transpose": "stride padding output_padding groups dilation",
         "max_pool": "kernel_size stride padding dilation ceil_mode return_indices",
         "avg_pool": "kernel_size stride padding ceil_mode count_include_pad divisor_override",
         "adaptive_avg_pool": "output_size", "adaptive_max_pool": "output_size return_indices", "pad": "pad mode value",
         "upsample_nearest": "size scale_factor", "upsample_bilinear": "size scale_factor",
         "interpolate": "size scale_factor mode align_corners recompute_scale_factor antialias"}

counts = collections.Counter()
lines = collections.defaultdict(list)
seen = set()


def plain(v):
    if isinstance(v, torch.Size) or isinstance(v, (list, tuple)):
        return [plain(i) for i in v]
    return v if isinstance(v, (int, float, str, bool, type(None))) else repr(v)


def tensor(t):
    return {"shape": list(t.shape), "data": t.detach().double().flatten().tolist()}


def record(kind, x, weight, bias, args, run):
    """A case of one or several inputs x."""
    key = (kind, str([t.shape for t in x]), str(weight is not None and weight.shape), bias is None, str(args))
    if args.pop("return_indices", False):
        return
    if kind.startswith(("interpolate", "upsample")) and x[0].dim() > 4:
        counts[kind, "volumes"] += 1
        return
    counts[kind, "samples"] += 1
    if any(t.numel() == 0 for t in x):
        counts[kind, "empty"] += 1
        return
    if key in seen:
        counts[kind, "repeated"] += 1
        return
    seen.add(key)
    if sum(t.numel() for t in x) > 4000:
        counts[kind, "large"] += 1
        return
    x = [t.detach().double().requires_grad_() for t in x]
    leaves = list(x)
    if weight is not None:
        weight = weight.detach().double().requires_grad_()
        leaves.append(weight)
        if bias is not None:
            bias = bias.detach().double().requires_grad_()
            leaves.append(bias)
    y = run(x, weight, bias)
    several = isinstance(y, (list, tuple))
    ys = list(y) if several else [y]
    if any(t.numel() == 0 for t in ys):
        counts[kind, "empty"] += 1
        return
    generator = torch.Generator().manual_seed(1)
    dys = [torch.randn(t.shape, generator=generator, dtype=torch.float64) for t in ys]
    grads = torch.autograd.grad(ys, leaves, dys, allow_unused=True)
    grads = [torch.zeros_like(t) if g is None else g for t, g in zip(leaves, grads)]
    case = {"kind": kind, "args": {k: plain(v) for k, v in args.items()}, "x": [tensor(t) for t in x],
            "y": [tensor(t) for t in ys], "dy": [tensor(t) for t in dys], "dx": [tensor(t) for t in grads[:len(x)]]}
    if weight is not None:
        case["weight"], case["dweight"] = tensor(weight), tensor(grads[len(x)])
        if bias is not None:
            case["bias"], case["dbias"] = tensor(bias), tensor(grads[-1])
    lines[kind].append(json.dumps(case))


def op(info):
    kind = info.name.split(".")[-1]
    base = kind.rstrip("12d") if kind[-1] == "d" and kind[-2] in "12" else kind
    for s in info.sample_inputs("cpu", torch.float64, requires_grad=False):
        if kind == "cat":
            args = dict(s.kwargs)
            if s.args:
                args["dim"] = s.args[0]
            record(kind, list(s.input), None, None, args, lambda x, w, b: torch.cat(x, **s.kwargs) if not s.args else torch.cat(x, *s.args))
            continue
        if kind in ("split", "split_list"):
            args = {"sizes": s.args[0], "dim": (list(s.args) + [0])[1]}
            record("split", [s.input], None, None, args, lambda x, w, b: torch.split(x[0], *s.args, **s.kwargs))
            continue
        weight = bias = None
        rest = list(s.args)
        if base.startswith("conv"):
            weight = rest.pop(0)
            bias = rest.pop(0) if rest else s.kwargs.get("bias")
        args = dict(zip(NAMES[base].split(), rest))
        args.update({k: v for k, v in s.kwargs.items() if k != "bias"})
        call = getattr(F, kind)

        def run(x, w, b, args=dict(args)):
            if w is not None:
                return call(x[0], w, b, **args)
            return call(x[0], **args)

        record(kind, [s.input], weight, bias, args, run)


def module(info):
    name = info.module_cls.__name__
    for training in (True, False):
        inputs = info.module_inputs_func(info, device="cpu", dtype=torch.float64, requires_grad=False, training=training)
        for s in inputs:
            c, f = s.constructor_input, s.forward_input
            if f is None:
                continue
            try:
                m = info.module_cls(*c.args, **{**c.kwargs, "dtype": torch.float64}) if "Conv" in name else info.module_cls(*c.args, **c.kwargs)
            except (TypeError, RuntimeError):
                counts[name, "cannot be made"] += 1
                continue
            m = m.double()
            args = {k: getattr(m, k) for k in ("kernel_size stride padding dilation groups padding_mode output_padding ceil_mode "
                    "count_include_pad divisor_override output_size return_indices value").split() if hasattr(m, k)}
            weight, bias = getattr(m, "weight", None), getattr(m, "bias", None)

            def run(x, w, b):
                if w is None:
                    return m(x[0])
                values = {"weight": w} if b is None else {"weight": w, "bias": b}
                return torch.func.functional_call(m, values, (x[0],))

            record(name, list(f.args)[:1], weight, bias, args, run)


def main():
    torch.manual_seed(1)
    for info in op_db:
        if info.name in OPS:
            op(info)
    for info in module_db:
        if info.module_cls.__name__ in MODULES:
            module(info)
    with open(sys.argv[1], "w") as out:
        for kind, all_of in lines.items():
            chosen = all_of
            if len(sys.argv) > 2:  # from the shorter half
                most = int(sys.argv[2])
                chosen = sorted(all_of, key=len)[:max(most, len(all_of) // 2)]
                chosen = chosen[::-(-len(chosen) // most)]
            counts[kind, "recorded"] = len(chosen)
            out.writelines(line + "\n" for line in chosen)
    for (kind, what), n in sorted(counts.items()):
        print(kind, what, n, file=sys.stderr)


main()
