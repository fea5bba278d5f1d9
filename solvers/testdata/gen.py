#!/usr/bin/env python3
"""Writes solvers.json, more.json and large.json with PyTorch 2.14.1, in float64.

Each case steps two parameters, a.weight [3, 2] and b.weight [4], with random gradients; a gradient may be null. lr holds the rate of
each step (one a group if there are groups), params the values after it. Lion, LAMB and LARS, which PyTorch lacks, are written out below.
"""
import json
import math
import os

import torch
import torch.nn as nn
from torch.optim import lr_scheduler as S

torch.set_num_threads(1)
O = torch.optim


def T(t):
    return {"shape": list(t.shape), "data": t.detach().double().reshape(-1).tolist()}


def case(name, cls, kw, steps=20, group=None, momentum=None, skip=(), clip_norm=None, clip_value=None, l1=0, scale=1.0,
         zero=False):
    """group: settings of b.weight apart. momentum: of each step. skip: steps in which b.weight has no gradient. zero: b.weight starts at 0."""
    ps = [nn.Parameter(torch.randn(3, 2, dtype=torch.float64)), nn.Parameter(torch.randn(4, dtype=torch.float64))]
    if zero:
        ps[1].data.zero_()
    opt = cls(ps if group is None else [{"params": [ps[0]]}, {"params": [ps[1]], **group}], **kw)
    sch = S.StepLR(opt, 7, 0.3)
    c = {"name": name, "args": kw, "steps": steps, "init": [T(p) for p in ps], "lr": [], "grads": [], "params": []}
    for key, value in [("group", group), ("momentum", momentum), ("clip_norm", clip_norm), ("clip_value", clip_value), ("l1", l1)]:
        if value:
            c[key] = value
    for i in range(steps):
        gs = [scale * torch.randn_like(p) * (1 + 0.5 * p.detach()) for p in ps]
        for p, g in zip(ps, gs):
            p.grad = g.clone()
        if i in skip:
            ps[1].grad = gs[1] = None
        if clip_value:
            nn.utils.clip_grad_value_(ps, clip_value)
        if clip_norm:
            nn.utils.clip_grad_norm_(ps, clip_norm)
        if l1:
            for p in ps:
                if p.grad is not None:
                    p.grad += l1 * torch.sign(p.detach())
        if momentum:
            for g in opt.param_groups:
                if "betas" in g:
                    g["betas"] = (momentum[i], g["betas"][1])
                else:
                    g["momentum"] = momentum[i]
        lr = [g["lr"] for g in opt.param_groups]
        c["lr"].append(lr[0] if group is None else lr)
        c["grads"].append([g if g is None else T(g) for g in gs])
        opt.step()
        sch.step()
        c["params"].append([T(p) for p in ps])
    return c


class Lion(O.Optimizer):
    """arXiv:2302.06675, algorithm 2, element by element in Python's floats."""

    def __init__(self, params, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(params, dict(lr=lr, betas=betas, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            lr, (b1, b2), wd = group["lr"], group["betas"], group["weight_decay"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                m = self.state[p].setdefault("m", [0.0] * p.numel())
                w, g = p.view(-1), p.grad.view(-1)
                for i in range(p.numel()):
                    theta, grad = w[i].item(), g[i].item()
                    c = b1 * m[i] + (1 - b1) * grad
                    sign = (c > 0) - (c < 0)
                    w[i] = theta - lr * (sign + wd * theta)
                    m[i] = b2 * m[i] + (1 - b2) * grad


class LAMB(O.Optimizer):
    """arXiv:1904.00962, algorithm 2 with phi(x) = min(max(x, low), high), element by element in Python's floats. The ratio is 1 where
    phi or the norm of the update is 0, and with decayed_only where there is no weight decay."""

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-6, weight_decay=0.01, norm_bounds=(0, 0), decayed_only=False):
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, norm_bounds=norm_bounds,
                                      decayed_only=decayed_only))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            lr, (b1, b2), eps, wd = group["lr"], group["betas"], group["eps"], group["weight_decay"]
            low, high = group["norm_bounds"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                s = self.state[p]
                if not s:
                    s.update(t=0, m=[0.0] * p.numel(), v=[0.0] * p.numel())
                s["t"] += 1
                m, v = s["m"], s["v"]
                w, g = p.view(-1).tolist(), p.grad.view(-1).tolist()
                u = []
                for i in range(p.numel()):
                    m[i] = b1 * m[i] + (1 - b1) * g[i]
                    v[i] = b2 * v[i] + (1 - b2) * g[i] ** 2
                    mhat, vhat = m[i] / (1 - b1 ** s["t"]), v[i] / (1 - b2 ** s["t"])
                    u.append(mhat / (math.sqrt(vhat) + eps) + wd * w[i])
                wn, un = math.sqrt(math.fsum(x * x for x in w)), math.sqrt(math.fsum(x * x for x in u))
                phi = max(min(wn, high) if high > 0 else wn, low)
                ratio = phi / un if phi > 0 and un > 0 and (wd > 0 or not group["decayed_only"]) else 1.0
                p.copy_(torch.tensor([x - lr * ratio * y for x, y in zip(w, u)], dtype=p.dtype).view_as(p))


class LARS(O.Optimizer):
    """arXiv:1708.03888, algorithm 1, tensor by tensor, with PyTorch's SGD in place of its last two lines: v does not hold the rate, the
    first v is the update itself, and there are dampening and Nesterov's momentum. eps is in the denominator; the ratio is 1 where either
    norm is 0, and with decayed_only where there is no weight decay."""

    def __init__(self, params, lr=1.0, momentum=0.0, dampening=0.0, weight_decay=0.0, nesterov=False, trust_coefficient=1e-3, eps=1e-8,
                 decayed_only=False):
        super().__init__(params, dict(lr=lr, momentum=momentum, dampening=dampening, weight_decay=weight_decay, nesterov=nesterov,
                                      trust_coefficient=trust_coefficient, eps=eps, decayed_only=decayed_only))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            wd, momentum = group["weight_decay"], group["momentum"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                wn, gn = torch.linalg.vector_norm(p), torch.linalg.vector_norm(p.grad)
                trust = 1.0
                if wn > 0 and gn > 0 and (wd > 0 or not group["decayed_only"]):
                    trust = group["trust_coefficient"] * wn / (gn + wd * wn + group["eps"])
                u = trust * (p.grad + wd * p)
                if momentum > 0:
                    s = self.state[p]
                    if "v" in s:
                        s["v"] = momentum * s["v"] + (1 - group["dampening"]) * u
                    else:
                        s["v"] = u.clone()
                    u = u + momentum * s["v"] if group["nesterov"] else s["v"]
                p.sub_(group["lr"] * u)


def write(name, cases):
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name), "w") as f:
        json.dump(cases, f)
        f.write("\n")


torch.manual_seed(1)
write("solvers.json", [case(n, c, kw) for n, c, kw in [
    ("SGD", O.SGD, dict(lr=0.1)),
    ("SGD", O.SGD, dict(lr=0.1, momentum=0.9)),
    ("SGD", O.SGD, dict(lr=0.05, momentum=0.9, nesterov=True)),
    ("SGD", O.SGD, dict(lr=0.05, momentum=0.8, dampening=0.3, weight_decay=0.01)),
    ("SGD", O.SGD, dict(lr=0.05, momentum=0.9, weight_decay=0.05, nesterov=True)),
    ("Adagrad", O.Adagrad, dict(lr=0.05)),
    ("Adagrad", O.Adagrad, dict(lr=0.05, lr_decay=0.1, weight_decay=0.01, initial_accumulator_value=0.1, eps=1e-8)),
    ("RMSprop", O.RMSprop, dict(lr=0.01)),
    ("RMSprop", O.RMSprop, dict(lr=0.01, alpha=0.9, momentum=0.9, centered=True, weight_decay=0.01)),
    ("Adam", O.Adam, dict(lr=0.01)),
    ("Adam", O.Adam, dict(lr=0.01, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.1)),
    ("Adam", O.Adam, dict(lr=0.01, amsgrad=True)),
    ("AdamW", O.AdamW, dict(lr=0.01, weight_decay=0.1)),
    ("AdamW", O.AdamW, dict(lr=0.01, weight_decay=0.05, amsgrad=True)),
    ("NAdam", O.NAdam, dict(lr=0.01)),
    ("RAdam", O.RAdam, dict(lr=0.01)),
    ("Adamax", O.Adamax, dict(lr=0.01)),
    ("Adadelta", O.Adadelta, dict(lr=1.0)),
]])

cycle = [0.95, 0.9, 0.85, 0.8, 0.85, 0.9, 0.95, 0.9]
stop = [0.9, 0.5, 0.0, 0.0, 0.6, 0.9, 0.0, 0.9]
torch.manual_seed(2)
write("more.json", [case(n, c, kw, **{"steps": 8, **rest}) for n, c, kw, rest in [
    ("SGD", O.SGD, dict(lr=0.1, momentum=0.9, dampening=0.5, weight_decay=0.1), dict(group=dict(lr=0.02, weight_decay=0.0))),
    ("SGD", O.SGD, dict(lr=0.1, momentum=0.9), dict(momentum=cycle, skip=(0, 3))),
    ("SGD", O.SGD, dict(lr=0.1), dict(momentum=cycle)),
    ("SGD", O.SGD, dict(lr=0.1, momentum=0.5, weight_decay=0.01), dict(clip_norm=1.5)),
    ("SGD", O.SGD, dict(lr=0.1, nesterov=True, momentum=0.5), dict(clip_norm=100.0)),
    ("SGD", O.SGD, dict(lr=0.1), dict(clip_value=0.5, clip_norm=0.9, l1=0.05)),
    ("SGD", O.SGD, dict(lr=0.1, momentum=0.9, dampening=0.5), dict(momentum=stop)),
    ("Adagrad", O.Adagrad, dict(lr=0.3, lr_decay=0.5, initial_accumulator_value=2.0), dict(skip=(1, 2), l1=0.02)),
    ("RMSprop", O.RMSprop, dict(lr=0.02, alpha=0.8, centered=True, eps=1e-3), dict(l1=0.1)),
    ("RMSprop", O.RMSprop, dict(lr=0.02, alpha=0.7, momentum=0.4), dict(momentum=cycle, clip_value=0.7)),
    ("RMSprop", O.RMSprop, dict(lr=0.02, momentum=0.9), dict(momentum=stop)),
    ("RMSprop", O.RMSprop, dict(lr=0.02, alpha=0.0, weight_decay=0.3), dict()),
    ("Adam", O.Adam, dict(lr=0.02, betas=(0.7, 0.9), amsgrad=True, weight_decay=0.2), dict(group=dict(lr=0.5, weight_decay=0.5))),
    ("Adam", O.Adam, dict(lr=0.02, betas=(0.0, 0.0), eps=0.1), dict()),
    ("Adam", O.Adam, dict(lr=0.02), dict(momentum=cycle, skip=(0, 1, 5))),
    ("AdamW", O.AdamW, dict(lr=0.3), dict(group=dict(lr=0.1, weight_decay=0.7), clip_norm=2.0)),
    ("NAdam", O.NAdam, dict(lr=0.02, betas=(0.8, 0.95), weight_decay=0.1, momentum_decay=0.05, eps=1e-4), dict(steps=14, skip=(2,))),
    ("NAdam", O.NAdam, dict(), dict(momentum=cycle)),
    ("RAdam", O.RAdam, dict(lr=0.05, betas=(0.8, 0.9), weight_decay=0.1, eps=1e-3), dict(steps=24, skip=(1,))),
    ("RAdam", O.RAdam, dict(lr=0.05, betas=(0.5, 0.5)), dict()),
    ("Adamax", O.Adamax, dict(lr=0.05, betas=(0.6, 0.8), eps=0.01, weight_decay=0.2), dict(scale=0.1)),
    ("Adadelta", O.Adadelta, dict(lr=2.0, rho=0.6, eps=1e-3, weight_decay=0.1), dict(group=dict(weight_decay=0.0))),
    ("Adadelta", O.Adadelta, dict(rho=1.0), dict()),
    ("Lion", Lion, dict(lr=0.03), dict()),
    ("Lion", Lion, dict(lr=0.03, betas=(0.95, 0.98), weight_decay=1.0), dict(skip=(3,), group=dict(lr=0.1, weight_decay=0.1))),
    ("LAMB", LAMB, dict(lr=0.05), dict(zero=True)),
    ("LAMB", LAMB, dict(lr=0.05, betas=(0.8, 0.9), eps=1e-2, weight_decay=0.3), dict(skip=(2,), clip_norm=1.0)),
]])

torch.manual_seed(3)
apart = dict(group=dict(weight_decay=0.0))
write("large.json", [case(n, c, kw, **{"steps": 8, **rest}) for n, c, kw, rest in [
    ("LAMB", LAMB, dict(lr=0.05, norm_bounds=(0.0, 0.5)), {}),
    ("LAMB", LAMB, dict(lr=0.05, norm_bounds=(3.0, 0.0)), dict(zero=True)),
    ("LAMB", LAMB, dict(lr=0.05, norm_bounds=(0.1, 10.0), decayed_only=True, weight_decay=0.1), apart),
    ("LARS", LARS, dict(lr=1.0), {}),
    ("LARS", LARS, dict(lr=2.0, momentum=0.9, weight_decay=0.01, trust_coefficient=0.02), dict(zero=True)),
    ("LARS", LARS, dict(lr=2.0, momentum=0.9, weight_decay=0.1, nesterov=True, trust_coefficient=0.02), dict(skip=(0, 3))),
    ("LARS", LARS, dict(lr=2.0, momentum=0.8, dampening=0.3, trust_coefficient=0.05, eps=0.5), dict(clip_norm=1.0)),
    ("LARS", LARS, dict(lr=0.5, momentum=0.9, weight_decay=0.1, trust_coefficient=0.1, decayed_only=True), apart),
    ("LARS", LARS, dict(lr=1.0, momentum=0.9, trust_coefficient=0.1), dict(momentum=cycle)),
]])
