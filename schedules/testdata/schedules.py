#!/usr/bin/env python3
"""Writes schedules.json beside this file: the rates of every schedule of PyTorch 1.13, step by step, in float64.

Usage: schedules.py [--seed N] [--out FILE]
Each case has the schedule's name and arguments, the base rates, the rates before each of the steps, the momenta if the
schedule moves them, and the metrics that a ReduceLROnPlateau was given.
"""
import argparse
import json
import os
import random
import warnings

import torch
import torch.nn as nn
from torch.optim import lr_scheduler as S

warnings.filterwarnings("ignore")
ap = argparse.ArgumentParser()
ap.add_argument("--seed", type=int, default=1)
ap.add_argument("--out", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "schedules.json"))
a = ap.parse_args()
R = random.Random(a.seed)
out = []


def run_sched(make, base_lrs, steps, momentum=0.9, metrics=None):
    groups = [{"params": [nn.Parameter(torch.zeros(1))], "lr": lr} for lr in base_lrs]
    opt = torch.optim.SGD(groups, lr=base_lrs[0], momentum=momentum)
    sch = make(opt)
    lrs, moms = [], []
    for i in range(steps):
        lrs.append([g["lr"] for g in opt.param_groups])
        moms.append([g["momentum"] for g in opt.param_groups])
        opt.step()
        if metrics is None:
            sch.step()
        else:
            sch.step(metrics[i])
    return lrs, moms


def add(name, make, args, base=(0.1,), steps=40, metrics=None, moms=False):
    lrs, ms = run_sched(make, list(base), steps, metrics=metrics)
    c = {"name": name, "args": args, "base_lrs": list(base), "steps": steps, "lrs": lrs}
    if metrics is not None:
        c["metrics"] = metrics
    if moms:
        c["momentums"] = ms
    out.append(c)


j = lambda lo, hi: R.randint(lo, hi)
u = lambda lo, hi: round(R.uniform(lo, hi), 4)
two = (0.1, 0.02)
for _ in range(3):
    kw = dict(step_size=j(2, 9), gamma=u(0.05, 0.9))
    add("StepLR", lambda o: S.StepLR(o, **kw), kw, base=two)
    kw = dict(milestones=sorted(R.sample(range(1, 38), 4)), gamma=u(0.1, 0.9))
    add("MultiStepLR", lambda o: S.MultiStepLR(o, **kw), kw, base=two)
    kw = dict(gamma=u(0.7, 0.99))
    add("ExponentialLR", lambda o: S.ExponentialLR(o, **kw), kw, base=two)
    kw = dict(factor=u(0.1, 0.9), total_iters=j(2, 12))
    add("ConstantLR", lambda o: S.ConstantLR(o, **kw), kw, base=two)
    kw = dict(start_factor=u(0.05, 0.9), end_factor=u(0.3, 1.0), total_iters=j(3, 15))
    add("LinearLR", lambda o: S.LinearLR(o, **kw), kw, base=two)
    kw = dict(total_iters=j(5, 30), power=u(0.5, 3.0))
    add("PolynomialLR", lambda o: S.PolynomialLR(o, **kw), kw, base=two)
    kw = dict(T_max=j(5, 50), eta_min=u(0.0, 0.01))
    add("CosineAnnealingLR", lambda o: S.CosineAnnealingLR(o, **kw), kw, base=two)
    kw = dict(T_0=j(3, 9), T_mult=j(1, 3), eta_min=u(0.0, 0.01))
    add("CosineAnnealingWarmRestarts", lambda o: S.CosineAnnealingWarmRestarts(o, **kw), kw, base=two)
    for mode in ("triangular", "triangular2", "exp_range"):
        kw = dict(base_lr=u(0.001, 0.01), max_lr=u(0.05, 0.2), step_size_up=j(3, 9), step_size_down=j(3, 9),
                  mode=mode, gamma=u(0.9, 0.999), cycle_momentum=True, base_momentum=0.8, max_momentum=0.95)
        add("CyclicLR", lambda o: S.CyclicLR(o, **kw), kw, moms=True)
    for anneal in ("cos", "linear"):
        for three in (False, True):
            kw = dict(max_lr=u(0.05, 0.3), total_steps=41, pct_start=u(0.2, 0.4), anneal_strategy=anneal,
                      div_factor=u(5, 30), final_div_factor=u(50, 1e4), three_phase=three,
                      cycle_momentum=True, base_momentum=0.85, max_momentum=0.95)
            add("OneCycleLR", lambda o: S.OneCycleLR(o, **kw), kw, moms=True)
    for mode in ("min", "max"):
        for tm in ("rel", "abs"):
            kw = dict(mode=mode, factor=u(0.1, 0.7), patience=j(0, 4), threshold=u(1e-4, 5e-2),
                      threshold_mode=tm, cooldown=j(0, 3), min_lr=u(0, 1e-3), eps=1e-8)
            sign = 1 if mode == "min" else -1
            m, x = [], 2.0
            for i in range(40):
                x = x * (0.9 if i < 12 else 1.0) + R.uniform(-0.03, 0.03)
                m.append(sign * x)
            add("ReduceLROnPlateau", lambda o: S.ReduceLROnPlateau(o, **kw), kw, base=two, metrics=m)
    w, T2 = j(3, 8), j(15, 30)
    sf = u(0.01, 0.3)
    add("SequentialLR", lambda o: S.SequentialLR(o, [S.LinearLR(o, start_factor=sf, total_iters=w),
                                                     S.CosineAnnealingLR(o, T_max=T2)], milestones=[w]),
        {"schedulers": [["LinearLR", {"start_factor": sf, "total_iters": w}], ["CosineAnnealingLR", {"T_max": T2}]],
         "milestones": [w]}, base=two)
    g1, it = u(0.9, 0.99), j(3, 10)
    add("ChainedScheduler", lambda o: S.ChainedScheduler([S.ConstantLR(o, factor=0.1, total_iters=it),
                                                          S.ExponentialLR(o, gamma=g1)]),
        {"schedulers": [["ConstantLR", {"factor": 0.1, "total_iters": it}], ["ExponentialLR", {"gamma": g1}]]}, base=two)
# The two schedules of the tutorial: StepLR(5, 0.1) over ten epochs, and Adam's rate times 0.9 per epoch.
add("StepLR", lambda o: S.StepLR(o, 5, 0.1), dict(step_size=5, gamma=0.1), steps=10)
add("MultiplicativeLR", lambda o: S.MultiplicativeLR(o, lambda e: 0.9), dict(factor=0.9), base=(0.001,), steps=10)
with open(a.out, "w") as f:
    json.dump(out, f)
    f.write("\n")
