#!/usr/bin/env python3
"""Writes torch.json beside this file with PyTorch 1.13: normalisation, pooling and the loss, with their gradients.

Every number is float64 unless a case's kind ends in _f32.
"""
import json, os, random
import torch
import torch.nn.functional as F

torch.manual_seed(5)
R = random.Random(5)
rn = lambda *s: torch.randn(*s, dtype=torch.float64)
cases = []


def case(kind, args, f, **inputs):
    xs = {k: v.clone().requires_grad_() for k, v in inputs.items()}
    y = f(**xs)
    dy = torch.randn_like(y)
    y.backward(dy)
    flat = lambda t: t.detach().double().reshape(-1).tolist()
    cases.append({"kind": kind, "args": args, "shape": list(xs["x"].shape), "inputs": {k: flat(v) for k, v in xs.items()},
                  "output": flat(y), "grad_output": flat(dy), "grads": {k: flat(v.grad) for k, v in xs.items()}})


for n, c, h, w, k, s, p in [(2, 3, 8, 8, 2, 2, 0), (2, 2, 9, 7, 3, 2, 1), (1, 4, 6, 6, 3, 1, 1), (2, 1, 7, 5, 2, 2, 0), (1, 2, 5, 4, 1, 1, 0), (1, 1, 6, 6, 2, 3, 1)]:
    args = dict(kernel=k, stride=s, padding=p)
    x = (2 * rn(n, c, h, w)).round()  # many ties: the first maximum takes the gradient
    case("maxpool", args, lambda x: F.max_pool2d(x, k, s, p), x=x)
    case("avgpool", args, lambda x: F.avg_pool2d(x, k, s, p), x=rn(n, c, h, w))
for shape in [(6, 3, 4, 5), (2, 4, 3, 3), (8, 5), (1, 2, 4, 4)]:
    for training in (True, False):
        c = shape[1]
        rm, rv = rn(c), rn(c).abs() + 0.5
        case("batchnorm", dict(eps=1e-5, training=training, mean=rm.tolist(), var=rv.tolist()),
             lambda x, gamma, beta: F.batch_norm(x, rm.clone(), rv.clone(), gamma, beta, training, 0.1, 1e-5),
             x=rn(*shape) * 2 + 3, gamma=rn(c) * (torch.arange(c) != 1), beta=rn(c))
# float32 far from zero: E[x²] − E[x]² would lose every digit
x = (torch.randn(8, 2, 5, 5) + torch.tensor([1e4, -3e3]).view(1, 2, 1, 1)).double()
case("batchnorm_far_mean_f32", dict(eps=1e-5, training=True), lambda x, gamma, beta: F.batch_norm(x, None, None, gamma, beta, True, 0.1, 1e-5),
     x=x, gamma=torch.ones(2).double(), beta=torch.zeros(2).double())
for smoothing in (0.0, 0.1, 1.0):
    labels = [R.randrange(6) for _ in range(5)]
    case("crossentropy", dict(smoothing=smoothing, labels=labels),
         lambda x: F.cross_entropy(x, torch.tensor(labels), label_smoothing=smoothing), x=3 * rn(5, 6))

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "torch.json"), "w") as f:
    json.dump(cases, f)
    f.write("\n")
