"""Records PyTorch's own samples (op_db and module_db) of the layers and losses of this package: inputs, parameters, results and
gradients in float64, as lines of JSON. PyTorch 2.14.1 wrote samples.jsonl, with MOST 8.

usage: samples.py FILE [MOST]     FILE: - is the standard output; MOST: at most so many samples of a kind, short ones, each once

Left out: samples of volumes (5-D) of layers that there are not here, of return_indices, which repeat others, and of sparse
gradients. A sample with dropout runs with the probability 0. A line with "skip" is a sample without numbers to compare.
"""
import collections
import inspect
import json
import sys

import torch
from torch import nn
from torch.nn import functional as F
from torch.testing._internal.common_methods_invocations import op_db
from torch.testing._internal.common_modules import module_db

# The functions of a family, and the names of the arguments after the input of those that Python cannot inspect.
FAMILIES = {
    "convolution": {"conv1d": "weight bias stride padding dilation groups", "conv2d": "weight bias stride padding dilation groups",
                    "conv_transpose1d": "weight bias stride padding output_padding groups dilation",
                    "conv_transpose2d": "weight bias stride padding output_padding groups dilation"},
    "pooling": {"max_pool1d": "kernel_size stride padding dilation ceil_mode return_indices",
                "max_pool2d": "kernel_size stride padding dilation ceil_mode return_indices",
                "avg_pool1d": "kernel_size stride padding ceil_mode count_include_pad",
                "avg_pool2d": "kernel_size stride padding ceil_mode count_include_pad divisor_override",
                "adaptive_avg_pool1d": "output_size", "adaptive_avg_pool2d": "output_size",
                "adaptive_max_pool1d": "output_size return_indices", "adaptive_max_pool2d": "output_size return_indices"},
    "normalization": {"batch_norm": "", "instance_norm": "", "layer_norm": "", "group_norm": "", "rms_norm": ""},
    "activation": {k: "" for k in "relu silu mish hardswish hardsigmoid elu selu".split()} | {
        "leaky_relu": "", "prelu": "weight", "gelu": "approximate", "softplus": "beta threshold", "sigmoid": "", "tanh": ""},
    "softmax": {"softmax": "dim dtype", "log_softmax": "dim dtype"},
    "loss": {k: "" for k in "cross_entropy nll_loss binary_cross_entropy_with_logits mse_loss l1_loss smooth_l1_loss huber_loss "
             "kl_div".split()},
    "linear, embedding": {"linear": "weight bias", "embedding": ""},
    "shapes": {"pad": "pad mode value", "interpolate": "", "upsample_nearest": "", "upsample_bilinear": "", "cat": "dim", "split": ""},
    "attention": {"multi_head_attention_forward": ""},
}
MODULES = {
    "convolution": "Conv1d Conv2d ConvTranspose1d ConvTranspose2d",
    "pooling": "MaxPool1d MaxPool2d AvgPool1d AvgPool2d AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveMaxPool1d AdaptiveMaxPool2d",
    "normalization": "BatchNorm1d BatchNorm2d BatchNorm3d InstanceNorm1d InstanceNorm2d InstanceNorm3d LayerNorm GroupNorm RMSNorm",
    "activation": "ReLU LeakyReLU PReLU ELU SELU GELU SiLU Mish Hardswish Sigmoid Tanh Softplus", "softmax": "Softmax LogSoftmax Softmax2d",
    "loss": "CrossEntropyLoss NLLLoss BCEWithLogitsLoss MSELoss L1Loss SmoothL1Loss HuberLoss KLDivLoss",
    "linear, embedding": "Linear Embedding",
    "shapes": "ReflectionPad1d ReflectionPad2d ReflectionPad3d ReplicationPad1d ReplicationPad2d ReplicationPad3d ConstantPad1d "
              "ConstantPad2d ConstantPad3d ZeroPad1d ZeroPad2d ZeroPad3d CircularPad1d CircularPad2d CircularPad3d",
    "recurrent": "RNN GRU LSTM", "attention": "MultiheadAttention TransformerEncoderLayer",
}
CONSTANT = {"running_mean", "running_var", "attn_mask", "key_padding_mask", "src_mask", "src_key_padding_mask"}

MOST = int(sys.argv[2]) if len(sys.argv) > 2 else 0
lines = collections.defaultdict(list)


def number(v):
    if v != v or v in (float("inf"), -float("inf")):
        return {"nan": "NaN", "inf": "Inf", "-inf": "-Inf"}[str(v)]
    return float(f"{v:.13g}") if MOST else v


def tensor(t):
    return {"shape": list(t.shape), "data": [number(v) for v in t.detach().double().flatten().tolist()],
            "type": "float" if t.dtype.is_floating_point else "bool" if t.dtype == torch.bool else "int"}


def plain(v):
    if isinstance(v, (torch.Size, list, tuple)):
        return [plain(i) for i in v]
    if callable(v):
        return v.__name__
    return v if isinstance(v, (int, float, str, bool, type(None))) else repr(v)


def rounding(leaves, run, y, dy, wrt, grads):
    """How far PyTorch's own float32 is from its float64: the largest difference of each result and gradient."""
    with torch.enable_grad():
        single = {k: t.detach().float().requires_grad_(k in wrt) if t.dtype.is_floating_point else t for k, t in leaves.items()}
        z = run(single)
        z = list(z) if isinstance(z, (list, tuple)) else [z]
        off = {str(i): (a - b).abs().max().item() for i, (a, b) in enumerate(zip(y, z))}
        if grads:
            found = torch.autograd.grad(z, [single[k] for k in grads], [d.float() for d in dy], allow_unused=True)
            for k, g in zip(grads, found):
                want = torch.tensor([float(v) for v in grads[k]["data"]], dtype=torch.float64).reshape(g.shape)
                off[k] = (want - g).abs().max().item()
    return {k: float(f"{v:.2g}") if v == v else 0.0 for k, v in off.items()}


def record(family, kind, args, tensors, run, training=True, buffers=dict):
    """Runs a sample. tensors are by name, and run takes them and returns the results; buffers returns those that run has changed."""
    case = {"family": family, "kind": kind, "training": training, "args": {k: plain(v) for k, v in args.items()}}
    leaves = {}
    constant = CONSTANT | ({"weight", "pos_weight"} if family == "loss" else set())
    for name, t in tensors.items():
        t = t.detach().clone()
        if t.dtype.is_floating_point and name not in constant:
            t = t.double().requires_grad_()
        elif t.dtype.is_floating_point:
            t = t.double()
        leaves[name] = t
    case["tensors"] = {k: tensor(t) for k, t in leaves.items()}
    if any(t.numel() == 0 for t in leaves.values()):
        case = {"family": family, "kind": kind, "skip": "a size of 0"}
        return lines[kind].append(json.dumps(case))
    y = run(leaves)
    after = {k: tensor(v) for k, v in buffers().items()}
    y = list(y) if isinstance(y, (list, tuple)) else [y]
    if any(t.numel() == 0 for t in y):
        case = {"family": family, "kind": kind, "skip": "a size of 0"}
        return lines[kind].append(json.dumps(case))
    generator = torch.Generator().manual_seed(1)
    dy = [torch.randn(t.shape, generator=generator, dtype=torch.float64) for t in y]
    wrt = [k for k, t in leaves.items() if t.requires_grad]
    grads = {}
    if any(t.requires_grad for t in y):
        try:
            found = torch.autograd.grad(y, [leaves[k] for k in wrt], dy, allow_unused=True)
        except (RuntimeError, NotImplementedError):  # no derivative for the target
            wrt.remove("target")
            y = run(leaves | {"target": leaves["target"].detach()})
            y = list(y) if isinstance(y, (list, tuple)) else [y]
            found = torch.autograd.grad(y, [leaves[k] for k in wrt], dy, allow_unused=True)
        grads = {k: tensor(g) for k, g in zip(wrt, found) if g is not None}
    case.update(y=[tensor(t) for t in y], dy=[tensor(t) for t in dy], grads=grads, after=after,
                rounding=rounding(leaves, run, y, dy, wrt, grads))
    lines[kind].append(json.dumps(case))


def op(info, family, kind, names):
    call = getattr(F, kind, None) or getattr(torch, kind)
    for s in info.sample_inputs("cpu", torch.float64, requires_grad=False):
        if kind == "cat":
            args = dict(zip(["dim"], s.args)) | s.kwargs
            tensors = {f"x{i}": t for i, t in enumerate(s.input)}
            record(family, kind, args, tensors, lambda t, args=args: torch.cat(list(t.values()), **args))
            continue
        if kind == "embedding":
            args = {k: v for k, v in s.kwargs.items()}
            if not args.pop("sparse", False):
                record(family, kind, args, {"input": s.args[0], "weight": s.input},
                       lambda t, args=args: F.embedding(t["input"], t["weight"], **args))
            continue
        if kind == "split":
            args = dict(zip(["sizes", "dim"], s.args)) | s.kwargs
            record(family, kind, args, {"input": s.input}, lambda t, s=s: torch.split(t["input"], *s.args, **s.kwargs))
            continue
        if names or kind in ("sigmoid", "tanh"):
            given = dict(zip(names.split(), s.args)) | s.kwargs
            first = "input"
        else:
            given = dict(inspect.signature(call).bind(s.input, *s.args, **s.kwargs).arguments)
            first = next(iter(given))
            given.pop(first)
        tensors = {first: s.input} | {k: v for k, v in given.items() if isinstance(v, torch.Tensor)}
        args = {k: v for k, v in given.items() if not isinstance(v, torch.Tensor)}
        if args.pop("return_indices", False) or args.get("sparse"):
            continue
        if kind == "interpolate" and s.input.dim() > 4 or kind.startswith("upsample") and s.input.dim() > 4:
            continue
        if args.get("dropout_p"):
            args["dropout_p"] = 0.0
        state = {}

        def run(t, args=args, state=state, first=first):
            state.update({k: t[k].clone() for k in ("running_mean", "running_var") if k in t})
            y = call(t[first], **{k: state.get(k, v) for k, v in t.items() if k != first}, **args)
            if kind == "multi_head_attention_forward":
                return y[0]
            return y

        training = args.get("training", args.get("use_input_stats", kind not in ("batch_norm",)))
        record(family, kind, args, tensors, run, bool(training), lambda: dict(state))


KINDS = {"Conv": "conv", "ConvTranspose": "conv_transpose", "MaxPool": "max_pool", "AvgPool": "avg_pool", "BatchNorm": "batch_norm",
         "AdaptiveAvgPool": "adaptive_avg_pool", "AdaptiveMaxPool": "adaptive_max_pool", "InstanceNorm": "instance_norm",
         "LayerNorm": "layer_norm", "GroupNorm": "group_norm", "RMSNorm": "rms_norm", "LeakyReLU": "leaky_relu", "Softmax2d": "softmax",
         "LogSoftmax": "log_softmax", "CrossEntropyLoss": "cross_entropy", "NLLLoss": "nll_loss", "KLDivLoss": "kl_div",
         "BCEWithLogitsLoss": "binary_cross_entropy_with_logits", "MSELoss": "mse_loss", "L1Loss": "l1_loss",
         "SmoothL1Loss": "smooth_l1_loss", "HuberLoss": "huber_loss"}
SETTINGS = """stride padding dilation groups padding_mode output_padding kernel_size ceil_mode count_include_pad divisor_override
output_size value eps momentum normalized_shape num_groups negative_slope alpha approximate beta threshold dim reduction ignore_index
label_smoothing delta log_target padding_idx max_norm scale_grad_by_freq affine track_running_stats elementwise_affine num_features
hidden_size num_layers bias batch_first bidirectional nonlinearity proj_size embed_dim num_heads add_zero_attn num_embeddings
embedding_dim norm_first num_parameters return_indices sparse""".split()


def module(info, family):
    name = info.module_cls.__name__
    base = name[:-2] if name[-2:] in ("1d", "2d", "3d") and name != "Softmax2d" else name
    kind = KINDS.get(base, base.lower())
    if family in ("convolution", "pooling"):
        kind += name[-2:]
    if "Pad" in name:
        kind = "pad"
    if kind == "transformerencoderlayer":
        kind = "encoder_layer"
    for training in (True, False):
        for s in info.module_inputs_func(info, device="cpu", dtype=torch.float64, requires_grad=False, training=training):
            c, f = s.constructor_input, s.forward_input
            if f is None:
                continue
            if name in ("Softmax", "LogSoftmax") and not c.args and not c.kwargs:
                c.kwargs["dim"] = 1  # without it, PyTorch guesses, and warns
            m = info.module_cls(*c.args, **c.kwargs).double()
            m.train(training)
            args = {k: getattr(m, k) for k in SETTINGS if hasattr(m, k) and not isinstance(getattr(m, k), torch.Tensor)}
            if args.pop("return_indices", False) or args.pop("sparse", False):
                continue
            if name == "Softmax2d":
                args["dim"] = -3
            if "Pad" in name:
                args = {"pad": m.padding, "value": getattr(m, "value", None),
                        "mode": {"Ref": "reflect", "Rep": "replicate", "Cir": "circular"}.get(name[:3], "constant")}
            if kind == "encoder_layer":
                args |= {"num_heads": m.self_attn.num_heads, "width": m.linear1.out_features, "activation": m.activation,
                         "batch_first": m.self_attn.batch_first, "bias": m.linear1.bias is not None, "eps": m.norm1.eps}
            params = dict(m.named_parameters())
            state = {k: v for k, v in m.named_buffers() if v is not None}
            if family == "loss":
                params, state = {}, state
            for p in params.values():
                if name not in ("PReLU", "Embedding"):
                    nn.init.normal_(p, std=0.7)
            forward = list(f.args)
            inputs, names = {}, ["input", "target"] if family == "loss" else ["query", "key", "value"] if name.startswith("Multi") \
                else ["input", "h0"]
            packed = bool(forward) and isinstance(forward[0], nn.utils.rnn.PackedSequence)
            if packed:
                forward[0], lengths = nn.utils.rnn.pad_packed_sequence(forward[0], batch_first=m.batch_first)
                inputs["lengths"] = lengths
            for k, v in list(zip(names, forward)) + list(f.kwargs.items()):
                if isinstance(v, tuple):
                    inputs["h0"], inputs["c0"] = v
                elif v is not None:
                    inputs[k] = v
            tensors = inputs | params
            for k, v in state.items():
                if k != "num_batches_tracked":
                    tensors[k] = v
            after = {}

            def run(t):
                values = {k: t[k] for k in params}
                values.update({k: t[k].detach().clone() if k in t else v.clone() for k, v in state.items()})
                call = [t[k] for k in names if k in t and k not in f.kwargs]
                if "c0" in t:
                    call = [t["input"], (t["h0"], t["c0"])]
                if packed:
                    call[0] = nn.utils.rnn.pack_padded_sequence(call[0], t["lengths"], batch_first=m.batch_first, enforce_sorted=False)
                y = torch.func.functional_call(m, values, tuple(call), {k: t[k] for k in f.kwargs if k in t})
                after.update({k: v for k, v in values.items() if k in state and family == "normalization"})
                if family == "recurrent":
                    first = nn.utils.rnn.pad_packed_sequence(y[0], batch_first=m.batch_first)[0] if packed else y[0]
                    return [first, *(y[1] if isinstance(y[1], tuple) else [y[1]])]
                return y[0] if isinstance(y, tuple) else y

            record(family, kind, args, tensors, run, training, lambda: dict(after))


def main():
    torch.manual_seed(1)
    for family, kinds in FAMILIES.items():
        for info in op_db:
            kind = info.name.split(".")[-1]
            if kind in kinds and info.name in (kind, "nn.functional." + kind) and info.variant_test_name != "complex":
                op(info, family, kind, kinds[kind])
    for family, names in MODULES.items():
        for info in module_db:
            if info.module_cls.__name__ in names.split():
                module(info, family)
    out = sys.stdout if sys.argv[1] == "-" else open(sys.argv[1], "w")
    for kind, all_of in lines.items():
        if MOST:  # from the shorter half
            all_of = [line for line in dict.fromkeys(all_of) if '"skip"' not in line]
            chosen = sorted(all_of, key=len)[:max(MOST, len(all_of) // 2)]
            all_of = chosen[::-(-len(chosen) // MOST)]
        out.writelines(line + "\n" for line in all_of)


main()
