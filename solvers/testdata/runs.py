#!/usr/bin/env python3
"""Prints random runs of PyTorch's optimizers, in float64, as lines of JSON: runs.py COUNT STEPS SEED

Each case has the solver and its groups as anneal spells them, the rate and the momentum of each group at each step, the
gradients (null where one is absent), and the parameters after the first step, one in the middle and the last.
"""
import json
import random
import sys
import warnings

import torch
from torch.optim import lr_scheduler as S

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
O = torch.optim
R = random.Random(int(sys.argv[3]))
torch.manual_seed(int(sys.argv[3]))


def number(low, high):
    """A number between two others, by its logarithm."""
    return float(f"{low * (high / low) ** R.random():.4g}")


def maybe(p, **settings):
    return {k: v() for k, v in settings.items() if R.random() < p}


def flag():
    return R.random() < 0.5


def betas():
    return (R.choice([0.0, 0.5, 0.9, 0.95]), R.choice([0.5, 0.9, 0.99, 0.999]))


def eps():
    return number(1e-10, 1e-2)


def decay():
    return number(1e-5, 0.5)


ADAM = dict(betas=betas, eps=eps, weight_decay=decay, maximize=flag)
SETTINGS = {
    "SGD": dict(momentum=lambda: R.choice([0.5, 0.9, 0.99]), weight_decay=decay, maximize=flag,
                dampening=lambda: R.choice([0.1, 0.5]), nesterov=flag),
    "Adagrad": dict(lr_decay=lambda: number(1e-3, 1), weight_decay=decay, eps=eps, maximize=flag,
                    initial_accumulator_value=lambda: number(0.01, 2)),
    "RMSprop": dict(alpha=lambda: R.choice([0.5, 0.9, 0.99, 0.999]), eps=eps, weight_decay=decay, maximize=flag,
                    momentum=lambda: R.choice([0.0, 0.5, 0.9]), centered=flag),
    "Adam": dict(ADAM, amsgrad=flag, decoupled_weight_decay=flag),
    "AdamW": dict(ADAM, amsgrad=flag),
    "NAdam": dict(ADAM, momentum_decay=lambda: number(1e-3, 0.5), decoupled_weight_decay=flag),
    "RAdam": dict(ADAM, decoupled_weight_decay=flag),
    "Adamax": ADAM,
    "Adadelta": dict(rho=lambda: R.choice([0.0, 0.5, 0.9, 0.99]), eps=eps, weight_decay=decay, maximize=flag),
    "Muon": dict(weight_decay=decay, momentum=lambda: R.choice([0.5, 0.9, 0.95]), nesterov=flag, eps=lambda: 1e-7,
                 ns_steps=lambda: R.choice([3, 5, 6]),
                 adjust_lr_fn=lambda: R.choice(["original", "match_rms_adamw", "spectral_unclamped"])),
    "Adafactor": dict(beta2_decay=lambda: R.choice([-0.8, -0.5, -1.0]), d=lambda: R.choice([1.0, 2.0]), maximize=flag,
                      eps=lambda: (R.choice([None, 1e-8, 1e-3]), number(1e-4, 0.1)), weight_decay=decay),
    "ASGD": dict(lambd=lambda: number(1e-5, 0.1), alpha=lambda: R.choice([0.5, 0.75, 1.0]),
                 t0=lambda: R.choice([0.0, 5.0, 1e6]), weight_decay=decay, maximize=flag),
    "Rprop": dict(etas=lambda: (R.choice([0.3, 0.5, 0.9]), R.choice([1.1, 1.2, 2.0])),
                  step_sizes=lambda: (number(1e-7, 1e-3), number(0.1, 50)), maximize=flag),
}


def spell(v):
    return "(" + ", ".join(map(spell, v)) + ")" if isinstance(v, tuple) else repr(v)


def arguments(settings):
    return ", ".join(f"{k}={spell(v)}" for k, v in settings.items())


def settings_of(name, share):
    s = maybe(share, **SETTINGS[name])
    if s.get("nesterov") and name == "SGD":
        s["momentum"] = s.get("momentum") or 0.9
        s.pop("dampening", None)
    return s


def data(t):
    return {"shape": list(t.shape), "data": t.detach().reshape(-1).tolist()}


def schedule(opt, steps):
    kind = R.choice(["none", "step", "exponential", "cosine", "linear", "cycle"])
    if kind == "cycle":
        cycles = any(k in opt.defaults for k in ("momentum", "betas"))
        return S.OneCycleLR(opt, max_lr=[3 * g["lr"] for g in opt.param_groups], total_steps=steps + 1,
                            cycle_momentum=cycles, base_momentum=0.6, max_momentum=0.9)
    return {
        "none": lambda: S.ConstantLR(opt, factor=1.0),
        "step": lambda: S.StepLR(opt, R.choice([3, 7]), 0.3),
        "exponential": lambda: S.ExponentialLR(opt, 0.9),
        "cosine": lambda: S.CosineAnnealingLR(opt, steps),
        "linear": lambda: S.LinearLR(opt, 0.1, total_iters=5),
    }[kind]()


def momentum(g):
    return g["betas"][0] if "betas" in g else g.get("momentum")


def case(steps):
    name = R.choice(list(SETTINGS))
    lr, settings = number(1e-4, 0.5), settings_of(name, 0.5)
    shapes = {"a": [3, 4], "b": [5], "c": [2, 2, 3, 2]}
    ps = {k: torch.nn.Parameter(torch.randn(s, dtype=torch.float64)) for k, s in shapes.items()}
    if R.random() < 0.1:
        ps["b"].data.zero_()
    groups, others = [{"params": [ps["a"]]}], []
    members = [["a"]]
    texts = []
    for k in "bc":
        if name == "Muon":  # what is no matrix has AdamW
            rate, own = number(1e-4, 0.1), settings_of("AdamW", 0.5)
            others.append(O.AdamW([ps[k]], lr=rate, **own))
            texts.append(f"{k}.*: solver=AdamW(lr={rate!r}, {arguments(own)})".replace(", )", ")"))
            members.append([k])
        elif flag():
            factor, own = number(0.1, 3), settings_of(name, 0.3)
            own.pop("initial_accumulator_value", None)  # PyTorch takes the optimizer's for every group
            if own.get("nesterov") and settings.get("dampening") and "dampening" not in own:
                own["dampening"] = 0.0
            if settings.get("nesterov") and "dampening" in own:
                own.pop("dampening")
            groups.append({"params": [ps[k]], "lr": factor * lr, **own})
            texts.append(f"{k}.*: " + arguments({"lr": factor, **own}))
            members.append([k])
        else:
            groups[0]["params"].append(ps[k])
            members[0].append(k)
    first = getattr(O, name)(groups, lr=lr, **settings)
    optimizers = [first] + others
    schedules = [schedule(o, steps) for o in optimizers]
    c = {"solver": f"{name}(" + arguments({"lr": lr, **settings}) + ")", "groups": texts,
         "init": {k: data(p) for k, p in ps.items()}, "rates": [], "momenta": [], "grads": [], "params": {}}
    scale = R.choice([1e-3, 1.0, 1.0, 1e3])
    absent = R.choice([0.0, 0.0, 0.2])
    for step in range(steps):
        every = [g for o in optimizers for g in o.param_groups]
        c["rates"].append([g["lr"] for g in every])
        c["momenta"].append([momentum(g) for g in every])
        grads = {}
        for k, p in ps.items():
            p.grad = None if R.random() < absent else scale * torch.randn_like(p)
            grads[k] = p.grad is not None and data(p.grad) or None
        c["grads"].append(grads)
        for o, s in zip(optimizers, schedules):
            o.step()
            s.step()
        if step in (0, steps // 2, steps - 1):
            c["params"][str(step)] = {k: data(p) for k, p in ps.items()}
    return c


print(json.dumps({"torch": torch.__version__}))
for _ in range(int(sys.argv[1])):
    print(json.dumps(case(int(sys.argv[2]))))
