#!/usr/bin/env python3
"""Writes layers.json beside this file: what PyTorch computes for single layers.

Usage: layers.py [--seed N] [--out FILE]
Without a seed the random inputs are those of the layers.json that is there; with one they are new.
"""
import argparse, json, os, random
import torch
import torch.nn as nn
import torch.nn.functional as F

here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "layers.json")
ap = argparse.ArgumentParser()
ap.add_argument("--seed", type=int)
ap.add_argument("--out", default=here)
a = ap.parse_args()
torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)

BATCHNORMS = ("batchnorm", "batchnorm_far_mean_f32")


def pack(t):
    return {"shape": list(t.shape), "data": t.detach().double().reshape(-1).tolist()}


def unpack(v):
    return torch.tensor(v["data"]).reshape(v["shape"])


def fresh(seed):
    """Cases with new random inputs: kind, args and tensors."""
    rng, rn = random.Random(seed), torch.randn
    torch.manual_seed(seed)
    for n, c, h, w, oc, k, st, p, dil, g in [
        (2, 1, 8, 8, 3, 5, 1, 0, 1, 1), (3, 4, 9, 7, 5, 3, 1, 1, 1, 1), (2, 3, 11, 11, 4, 3, 2, 1, 1, 1),
        (1, 2, 5, 5, 6, 1, 1, 0, 1, 1), (2, 3, 12, 10, 2, 5, 3, 2, 1, 1), (2, 10, 12, 12, 20, 5, 1, 0, 1, 1),
        (2, 4, 9, 9, 6, 3, 1, 2, 2, 1), (2, 4, 7, 7, 6, 3, 1, 1, 1, 2),
    ]:
        args = dict(kernel=k, stride=st, padding=p, dilation=dil, groups=g)
        yield "conv2d", args, dict(x=rn(n, c, h, w), weight=rn(oc, c // g, k, k), bias=rn(oc))
    for n, c, h, w, k, st, p in [(2, 3, 8, 8, 2, 2, 0), (2, 2, 9, 7, 3, 2, 1), (1, 4, 6, 6, 3, 1, 1), (2, 1, 7, 7, 2, 2, 0)]:
        for kind in ("maxpool2d", "avgpool2d"):
            yield kind, dict(kernel=k, stride=st, padding=p), dict(x=rn(n, c, h, w))
    yield "linear", {}, dict(x=rn(5, 7), weight=rn(3, 7), bias=rn(3))
    yield "relu", {}, dict(x=rn(4, 5))
    for smoothing in (0.0, 0.1):
        labels = [rng.randrange(6) for _ in range(5)]
        yield "cross_entropy", dict(label_smoothing=smoothing, labels=labels), dict(x=3 * rn(5, 6))
    far = torch.tensor([[800.0, -800.0, 0.0], [800.0, -800.0, 0.0]])
    yield "cross_entropy", dict(label_smoothing=0.0, labels=[0, 1]), dict(x=far)
    for shape in [(6, 3, 4, 5), (2, 4, 3, 3), (8, 5)]:
        for training in (True, False):
            for momentum in (0.1, 0.01, None):
                c = shape[1]
                yield "batchnorm", dict(momentum=momentum, eps=1e-5, training=training), dict(
                    x=rn(*shape) * 2 + 3, weight=rn(c), bias=rn(c), running_mean=rn(c), running_var=rn(c).abs() + 0.5,
                    x2=rn(*shape))
    # A mean far from zero: in float32 a one-pass E[x²]−E[x]² loses all its digits here.
    x = rn(16, 2, 6, 6).float() + torch.tensor([1e4, -3e3]).float().view(1, 2, 1, 1)
    yield "batchnorm_far_mean_f32", dict(eps=1e-5, training=True), dict(
        x=x.double(), weight=torch.ones(2), bias=torch.zeros(2))


def recorded(path):
    """The cases of the file, with grad_output among the tensors."""
    with open(path) as f:
        for c in json.load(f):
            tensors = dict(c["inputs"], grad_output=c["grad_output"])
            if "x2" in c:
                tensors["x2"] = c["x2"]
            yield c["kind"], c["args"], {k: unpack(v) for k, v in tensors.items()}


def forward(kind, args, t):
    window = [args.get(k) for k in ("kernel", "stride", "padding")]
    if kind == "conv2d":
        return F.conv2d(t["x"], t["weight"], t["bias"], *window[1:], args["dilation"], args["groups"])
    if kind == "maxpool2d":
        return F.max_pool2d(t["x"], *window)
    if kind == "avgpool2d":
        return F.avg_pool2d(t["x"], *window)
    if kind == "linear":
        return F.linear(t["x"], t["weight"], t["bias"])
    if kind == "relu":
        return F.relu(t["x"])
    if kind == "cross_entropy":
        return F.cross_entropy(t["x"], torch.tensor(args["labels"]), label_smoothing=args["label_smoothing"])
    assert kind == "batchnorm_far_mean_f32"
    return F.batch_norm(t["x"], None, None, t["weight"], t["bias"], True, 0.1, args["eps"])


def compute(kind, args, tensors):
    x2, dy = tensors.pop("x2", None), tensors.pop("grad_output", None)
    learned = {k: v.clone().requires_grad_() for k, v in tensors.items() if not k.startswith("running")}
    norm = None
    if kind == "batchnorm":
        x = learned["x"]
        norm = (nn.BatchNorm2d if x.dim() == 4 else nn.BatchNorm1d)(x.shape[1], args["eps"], args["momentum"])
        norm.load_state_dict(tensors | {"num_batches_tracked": torch.tensor(0)}, strict=False)
        norm.train(args["training"])
        y = norm(x)
        learned |= {"weight": norm.weight, "bias": norm.bias}
    else:
        y = forward(kind, args, learned)
    dy = torch.randn_like(y) if dy is None else dy.reshape(y.shape)
    y.backward(dy)
    c = {"kind": kind, "args": args, "inputs": {k: pack(v) for k, v in tensors.items()}, "output": pack(y),
         "grad_output": pack(dy), "grads": {k: pack(v.grad) for k, v in learned.items()}}
    if norm:
        c["running_mean_after"], c["running_var_after"] = pack(norm.running_mean), pack(norm.running_var)
        with torch.no_grad():
            norm(x2)
        c["x2"] = pack(x2)
        c["running_mean_after_x2"], c["running_var_after_x2"] = pack(norm.running_mean), pack(norm.running_var)
    return c


cases = recorded(here) if a.seed is None else fresh(a.seed)
lines = [json.dumps(compute(*c), separators=(",", ":")) for c in cases]
with open(a.out, "w") as f:
    f.write("[\n" + ",\n".join(lines) + "\n]\n")
