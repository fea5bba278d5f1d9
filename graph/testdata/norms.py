#!/usr/bin/env python3
"""Writes norms.json beside this file: what PyTorch 2.14.1 computes for normalizations, in float64.

Batch renormalization, virtual batches and standardized weights are no layers of PyTorch. Here they are the formulas of
their papers, and PyTorch's autograd differentiates them.
"""
import json, os
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(17)
torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
rn = torch.randn
lines = []


def pack(t):
    return {"shape": list(t.shape), "data": t.detach().reshape(-1).tolist()}


def record(kind, args, f, x, training=True, buffers=(), **params):
    """f takes x and the parameters; it moves the buffers, which are tensors by name."""
    buffers = dict(buffers)
    inputs = {k: pack(v) for k, v in dict(x=x, **params, **buffers).items()}
    learned = {k: v.clone().requires_grad_() for k, v in dict(x=x, **params).items()}
    y = f(*learned.values())
    dy = rn(*y.shape)
    y.backward(dy)
    lines.append(json.dumps({
        "kind": kind, "args": args, "training": training, "inputs": inputs, "output": pack(y), "grad_output": pack(dy),
        "grads": {k: pack(v.grad) for k, v in learned.items()}, "after": {k: pack(v) for k, v in buffers.items()},
    }, separators=(",", ":")))


for shape, axes in [((5, 7), 1), ((3, 4, 6), 1), ((3, 4, 6), 2), ((2, 3, 4, 5), 3), ((2, 3, 4, 5), 1), ((2, 2, 3, 2, 2), 4)]:
    last = shape[-axes:]
    for eps in (1e-5, 1e-2):
        args = dict(axes=axes, eps=eps)
        x = rn(*shape) * 2 + 3
        record("layernorm", args, lambda x, weight, bias: F.layer_norm(x, last, weight, bias, eps), x,
               weight=rn(last), bias=rn(last))
        record("rmsnorm", args, lambda x, weight: F.rms_norm(x, last, weight, eps), x, weight=rn(last))
    m = nn.LayerNorm(last, bias=False)
    record("layernorm", dict(axes=axes, beta=False), lambda x, weight: F.layer_norm(x, last, weight, None, m.eps), x,
           weight=rn(last))
    record("layernorm", dict(axes=axes, affine=False), nn.LayerNorm(last, elementwise_affine=False), x)
    record("rmsnorm", dict(axes=axes, affine=False), nn.RMSNorm(last, elementwise_affine=False), x)
for shape, groups in [((4, 6), 2), ((3, 6, 5), 3), ((2, 8, 4, 3), 4), ((2, 8, 4, 3), 1), ((1, 4, 3, 2), 4), ((2, 4, 3, 2, 2), 2)]:
    c, x = shape[1], rn(*shape) * 2 + 3
    for eps in (1e-5, 1e-2):
        record("groupnorm", dict(groups=groups, eps=eps),
               lambda x, weight, bias: F.group_norm(x, groups, weight, bias, eps), x, weight=rn(c), bias=rn(c))
    record("groupnorm", dict(groups=groups, affine=False), nn.GroupNorm(groups, c, affine=False), x)
for shape in [(3, 4, 6), (2, 3, 5, 4), (2, 3, 2, 3, 4)]:
    c, x = shape[1], rn(*shape) * 2 + 3
    record("instancenorm", {}, [nn.InstanceNorm1d, nn.InstanceNorm2d, nn.InstanceNorm3d][len(shape) - 3](c), x)
    record("instancenorm", dict(affine=True, eps=1e-2),
           lambda x, weight, bias: F.instance_norm(x, weight=weight, bias=bias, eps=1e-2), x, weight=rn(c), bias=rn(c))

for shape in [(6, 4), (4, 3, 5), (3, 2, 4, 3), (2, 3, 2, 3, 4)]:
    c = shape[1]
    for training in (True, False):
        x, buffers = rn(*shape) * 2 + 3, dict(running_mean=rn(c), running_var=rn(c).abs() + 0.5)
        record("batchnorm", dict(momentum=0.3), lambda x, weight, bias: F.batch_norm(
            x, buffers["running_mean"], buffers["running_var"], weight, bias, training, 0.3), x, training, buffers,
            weight=rn(c), bias=rn(c))
        record("batchnorm", dict(stats=False), lambda x, weight, bias: F.batch_norm(
            x, None, None, weight, bias, True), x, training, weight=rn(c), bias=rn(c))


def column(t, x):
    return t.view(1, -1, *[1] * (x.dim() - 2))


def statistics(x):
    axes = [i for i in range(x.dim()) if i != 1]
    return x.mean(axes), x.var(axes, unbiased=False), x.numel() // x.shape[1]


def move(buffers, momentum, mean, var, values):
    buffers["running_mean"].mul_(1 - momentum).add_(momentum * mean.detach())
    buffers["running_var"].mul_(1 - momentum).add_(momentum * var.detach() * values / (values - 1))


def renorm(x, weight, bias, buffers, momentum, r_max, d_max, eps=1e-5):
    """Ioffe 2017, algorithm 1."""
    mean, var, values = statistics(x)
    s, running = (var + eps).sqrt(), (buffers["running_var"] + eps).sqrt()
    r = (s / running).clamp(1 / r_max, r_max).detach()
    d = ((mean - buffers["running_mean"]) / running).clamp(-d_max, d_max).detach()
    xhat = (x - column(mean, x)) / column(s, x) * column(r, x) + column(d, x)
    move(buffers, momentum, mean, var, values)
    return column(weight, x) * xhat + column(bias, x)


def ghost(x, weight, bias, buffers, momentum, sizes):
    """Hoffer et al. 2017, algorithm 1: the running statistics move once for each virtual batch."""
    return torch.cat([F.batch_norm(v, buffers["running_mean"], buffers["running_var"], weight, bias, True, momentum)
                      for v in x.split(sizes)])


for shape in [(6, 4), (4, 3, 5), (5, 2, 4, 3)]:
    for r_max, d_max in [(3, 5), (1.2, 0.3), (1, 0)]:
        c = shape[1]
        buffers = dict(running_mean=rn(c) + 2, running_var=rn(c).abs() * 3 + 0.5)
        record("renorm", dict(momentum=0.2, r_max=r_max, d_max=d_max),
               lambda x, weight, bias: renorm(x, weight, bias, buffers, 0.2, r_max, d_max), rn(*shape) * 2 + 3,
               True, buffers, weight=rn(c), bias=rn(c))
for shape, size, sizes in [((6, 4), 2, [2, 2, 2]), ((7, 3, 5), 3, [3, 4]), ((5, 2, 4, 3), 1, [1] * 5), ((4, 3, 2, 2), 8, [4])]:
    c = shape[1]
    buffers = dict(running_mean=rn(c), running_var=rn(c).abs() + 0.5)
    record("ghost", dict(momentum=0.2, size=size),
           lambda x, weight, bias: ghost(x, weight, bias, buffers, 0.2, sizes), rn(*shape) * 2 + 3, True, buffers,
           weight=rn(c), bias=rn(c))


def standardized(w, eps=1e-5):
    """Qiao et al. 2019."""
    flat = w.flatten(1)
    mean, var = flat.mean(1, keepdim=True), flat.var(1, unbiased=False, keepdim=True)
    return ((flat - mean) / (var + eps).sqrt()).view_as(w)


record("weightstandardization", dict(kernel=3), lambda x, weight, bias: F.conv2d(x, standardized(weight), bias),
       rn(2, 3, 6, 5), weight=rn(4, 3, 3, 3), bias=rn(4))
record("weightstandardization", dict(kernel=3, beta=False), lambda x, weight: F.conv2d(x, standardized(weight)),
       rn(2, 3, 6, 5), weight=rn(4, 3, 3, 3))

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "norms.json"), "w") as f:
    f.write("[\n" + ",\n".join(lines) + "\n]\n")
