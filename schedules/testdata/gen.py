#!/usr/bin/env python3
"""Writes what PyTorch does with schedules written as specs, step by step, as JSON.

Usage: gen.py [--seed N] [--random N] [--edges] [--out FILE]
There are N random single schedules, half a plateau's N and N random composites; --edges adds the edge cases. Each case
has the spec, the base rates, the rates at every count (and the momenta, if they move), the metrics that were observed,
and the error that ended it, if one did. A plateau within a ChainedScheduler, which PyTorch refuses, is stepped by hand
in the order of the list. edges.json is gen.py --edges --random 100, by PyTorch 2.14.1.
"""
import argparse, json, os, random, sys, warnings
import torch
from torch.optim import lr_scheduler as S
from torch.optim.swa_utils import SWALR

warnings.filterwarnings("ignore")
ap = argparse.ArgumentParser()
ap.add_argument("--seed", type=int, default=7)
ap.add_argument("--random", type=int, default=100)
ap.add_argument("--edges", action="store_true")
ap.add_argument("--out", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "edges.json"))
args = ap.parse_args()
R = random.Random(args.seed)


def halves(epoch):
    return 0.5 ** (epoch // 5)


def slower(epoch):
    return 1 - 0.5 / (2 + epoch)


class ByHand:
    """Schedules of which one is a plateau."""

    def __init__(self, schedulers):
        self.schedulers = schedulers

    def step(self, metric):
        for s in self.schedulers:
            if isinstance(s, (S.ReduceLROnPlateau, ByHand)):
                s.step(metric)
            else:
                s.step()


def chained(schedulers, **kwargs):
    if any(isinstance(s, (S.ReduceLROnPlateau, ByHand)) for s in schedulers):
        return ByHand(schedulers)
    return S.ChainedScheduler(schedulers, **kwargs)


def run(spec, bases=(0.1,), counts=40, metrics=None):
    groups = [{"params": [torch.nn.Parameter(torch.zeros(1))], "lr": lr} for lr in bases]
    opt = torch.optim.SGD(groups, lr=0.1, momentum=0.5)
    names = {n: (lambda c: lambda *a, **k: c(opt, *a, **k))(getattr(S, n)) for n in S.__all__}
    names["MultiplicativeLR"] = lambda factor=None, lr_lambda=None: S.MultiplicativeLR(opt, lr_lambda or (lambda _: factor))
    names["ChainedScheduler"] = chained
    names["SWALR"] = lambda *a, **k: SWALR(opt, *a, **k)
    names |= {"halves": halves, "slower": slower}
    lrs, momenta, error = [], [], ""
    try:
        sched = eval(spec, names)
        for i in range(counts):
            lrs.append([g["lr"] for g in opt.param_groups])
            momenta.append(opt.param_groups[0]["momentum"])
            opt.step()
            sched.step() if metrics is None else sched.step(metrics[i])
    except Exception as e:
        error = type(e).__name__ + ": " + str(e)
    case = {"spec": spec, "bases": bases, "lrs": lrs}
    if any(m != 0.5 for m in momenta):
        case["momenta"] = momenta
    if metrics is not None:
        case["metrics"] = [str(m) for m in metrics]
    if error:
        case["error"] = error
    return case


TWO = (0.1, 0.02)
EDGES = [
    "StepLR(1, 1.0)", "StepLR(1, 0.0)", "StepLR(1, 1.5)", "StepLR(100)", "StepLR(3, gamma=0.1)",
    "MultiStepLR([5, 5, 8], 0.5)", "MultiStepLR([0, 3], 0.5)", "MultiStepLR([9, 2, 9, 4])", "MultiStepLR([])",
    "MultiStepLR([0, 0, 50])",
    "ConstantLR()", "ConstantLR(1.0, 3)", "ConstantLR(0.3, 0)", "ConstantLR(0.3, 1)", "ConstantLR(0.3, 99)", "ConstantLR(0.0, 3)",
    "LinearLR()", "LinearLR(0.3, 1.0, 0)", "LinearLR(0.3, 0.9, 1)", "LinearLR(1.0, 0.3, 7)", "LinearLR(0.5, 0.5, 4)",
    "LinearLR(0.1, 1.0, 99)", "LinearLR(0.0, 1.0, 5)",
    "ExponentialLR(1.0)", "ExponentialLR(1.2)", "ExponentialLR(0.0)", "MultiplicativeLR(1.1)", "MultiplicativeLR(0.0)",
    "PolynomialLR()", "PolynomialLR(0)", "PolynomialLR(1, 2.0)", "PolynomialLR(7, 0.0)", "PolynomialLR(9, 0.5)", "PolynomialLR(99, 3)",
    "CosineAnnealingLR(1)", "CosineAnnealingLR(2, 0.01)", "CosineAnnealingLR(3, 0.001)", "CosineAnnealingLR(7, 0.2)", "CosineAnnealingLR(999)",
    "CosineAnnealingWarmRestarts(1)", "CosineAnnealingWarmRestarts(1, 2)", "CosineAnnealingWarmRestarts(2, 3, 0.01)",
    "CosineAnnealingWarmRestarts(4, 1, 0.01)", "CosineAnnealingWarmRestarts(39, 2)", "CosineAnnealingWarmRestarts(40, 2, 0.05)",
    "CosineAnnealingWarmRestarts(1, 10)", "CosineAnnealingWarmRestarts(0)", "CosineAnnealingWarmRestarts(3, 0)",
    "CyclicLR(0.01, 0.1, 1)", "CyclicLR(0.01, 0.1, 3, None)", "CyclicLR(0.01, 0.1, 1, 5, 'triangular2', cycle_momentum=False)",
    "CyclicLR(0.0, 0.1, 7, 2, 'exp_range', 0.9)", "CyclicLR(0.05, 0.05, 4, mode='exp_range', gamma=1.1)", "CyclicLR(0.01, 0.1)",
    "CyclicLR(0.01, 0.1, 4, mode='other')",
    "OneCycleLR(0.1, 20)", "OneCycleLR(0.1, 20, anneal_strategy='linear')", "OneCycleLR(0.1, 20, three_phase=True)",
    "OneCycleLR(0.1, 20, three_phase=True, anneal_strategy='linear', pct_start=0.4)",
    "OneCycleLR(0.1, epochs=5, steps_per_epoch=8)", "OneCycleLR(0.1, 40, 3, 3)", "OneCycleLR(0.1, 1)", "OneCycleLR(0.1, 2)", "OneCycleLR(0.1, 3)",
    "OneCycleLR(0.1, 40, pct_start=0.0)", "OneCycleLR(0.1, 40, pct_start=1.0)", "OneCycleLR(0.1, 40, pct_start=0.5, three_phase=True)",
    "OneCycleLR(0.1, 40, pct_start=0.7, three_phase=True)", "OneCycleLR(0.1, 10, pct_start=0.1)", "OneCycleLR(0.1, 40, cycle_momentum=False)",
    "OneCycleLR(0.1, 40, div_factor=1.0, final_div_factor=0.5)", "OneCycleLR(0.1)", "OneCycleLR(0.1, 0)", "OneCycleLR(0.1, 40, pct_start=1.5)",
    "OneCycleLR(0.1, 40, anneal_strategy='step')", "OneCycleLR(0.1, epochs=5, steps_per_epoch=0)",
    "SequentialLR([StepLR(3), ExponentialLR(0.9)], [10])", "SequentialLR([LinearLR(0.1, total_iters=5), StepLR(4, 0.5)], milestones=[5])",
    "SequentialLR([ExponentialLR(0.9), MultiplicativeLR(0.95), ConstantLR(0.5, 3)], [4, 11])",
    "SequentialLR([ExponentialLR(0.9), StepLR(2), CosineAnnealingLR(5, 0.01)], [6, 6])", "SequentialLR([ExponentialLR(0.9), ConstantLR(0.5, 3)], [0])",
    "SequentialLR([ExponentialLR(0.9), LinearLR(0.5, 1.0, 3), MultiStepLR([0, 2])], [0, 9])",
    "SequentialLR([ConstantLR(0.5, 3), CosineAnnealingLR(6)], [0])", "SequentialLR([StepLR(3), MultiStepLR([0, 4, 4], 0.5)], [7])",
    "SequentialLR([StepLR(3), CosineAnnealingWarmRestarts(4, 2, 0.001)], [7])", "SequentialLR([CosineAnnealingWarmRestarts(4, 2), PolynomialLR(9, 2.0)], [7])",
    "SequentialLR([CosineAnnealingWarmRestarts(3), CosineAnnealingWarmRestarts(5)], [0])",
    "SequentialLR([StepLR(3), ConstantLR(0.5, 0)], [7])", "SequentialLR([ConstantLR(0.5, 0), StepLR(3)], [7])", "SequentialLR([LinearLR(0.1), OneCycleLR(0.3, 30)], [5])",
    "SequentialLR([OneCycleLR(0.3, 20), ExponentialLR(0.9)], [19])", "SequentialLR([OneCycleLR(0.3, 20), OneCycleLR(0.05, 20, div_factor=5.0)], [20])",
    "SequentialLR([OneCycleLR(0.3, 20, pct_start=0.0, max_momentum=0.9), OneCycleLR(0.05, 20, cycle_momentum=False)], [20])",
    "SequentialLR([LinearLR(0.1), CyclicLR(0.01, 0.2, 4)], [5])", "SequentialLR([CyclicLR(0.01, 0.2, 4), LinearLR(0.1), StepLR(2)], [9, 15])",
    "SequentialLR([CyclicLR(0.01, 0.2, 4), OneCycleLR(0.1, 30)], [9])", "SequentialLR([OneCycleLR(0.1, 30), CyclicLR(0.01, 0.2, 4)], [9])",
    "SequentialLR([SequentialLR([LinearLR(0.1), ExponentialLR(0.9)], [5]), StepLR(3)], [12])",
    "SequentialLR([SequentialLR([CosineAnnealingWarmRestarts(4), StepLR(2)], [6]), CosineAnnealingLR(9)], [13])",
    "SequentialLR([SequentialLR([SequentialLR([ExponentialLR(0.9), StepLR(2)], [2]), LinearLR()], [6]), CosineAnnealingLR(9)], [13])",
    "SequentialLR([SequentialLR([OneCycleLR(0.3, 20), StepLR(2)], [6]), CosineAnnealingLR(9)], [13])",
    "SWALR(0.05)", "SWALR(0.05, 0)", "SWALR(0.5, 7, 'linear')", "SWALR(0.0, 40)", "LambdaLR(lr_lambda=halves)", "MultiplicativeLR(lr_lambda=slower)",
    "SequentialLR([ExponentialLR(0.9), SWALR(0.05, 6)], [9])", "SequentialLR([StepLR(4), SWALR(0.05, 0)], [9])",
    "SequentialLR([SWALR(0.05, 6), ExponentialLR(0.9)], [9])", "ChainedScheduler([SWALR(0.05, 6), ExponentialLR(0.9)])",
    "ChainedScheduler([ConstantLR(0.5, 3), SWALR(0.05, 6)])", "SequentialLR([LambdaLR(halves), MultiplicativeLR(lr_lambda=slower)], [7])",
    "ChainedScheduler([MultiplicativeLR(lr_lambda=slower), LinearLR(0.2)])",
    "SequentialLR([StepLR(2)], [])", "SequentialLR([ExponentialLR(0.9), StepLR(2)], [99])", "SequentialLR([StepLR(2), StepLR(3)], [])",
    "ChainedScheduler([StepLR(3)])", "ChainedScheduler([ConstantLR(0.1, 4), ExponentialLR(0.9)])", "ChainedScheduler([CosineAnnealingLR(7, 0.01), StepLR(5, 0.5)])",
    "ChainedScheduler([StepLR(5, 0.5), CosineAnnealingLR(7, 0.01)])", "ChainedScheduler([LinearLR(), PolynomialLR(20, 2), MultiStepLR([9, 9])])",
    "ChainedScheduler([CosineAnnealingWarmRestarts(4), StepLR(5)])", "ChainedScheduler([StepLR(5), CosineAnnealingWarmRestarts(4)])",
    "ChainedScheduler([LinearLR(), CyclicLR(0.01, 0.2, 4)])", "ChainedScheduler([CyclicLR(0.01, 0.2, 4), LinearLR()])",
    "ChainedScheduler([OneCycleLR(0.3, 60), StepLR(5)])", "ChainedScheduler([StepLR(5), OneCycleLR(0.3, 60)])",
    "ChainedScheduler([ChainedScheduler([StepLR(5), LinearLR()]), ExponentialLR(0.97)])", "ChainedScheduler([MultiplicativeLR(0.97), ConstantLR(0.5, 0)])",
    "ChainedScheduler([ConstantLR(0.5, 4), SequentialLR([LinearLR(), StepLR(4)], [5])])", "ChainedScheduler([SequentialLR([LinearLR(), StepLR(4)], [5]), ConstantLR(0.5, 4)])",
    "ChainedScheduler([SequentialLR([ExponentialLR(0.9), OneCycleLR(0.3, 60)], [5]), ExponentialLR(0.98)])",
]
FALLING = [2 * 0.8**i for i in range(40)]
FLAT = [1.0] * 40
NAN, INF = float("nan"), float("inf")
PLATEAUS = [
    ("ReduceLROnPlateau()", FLAT), ("ReduceLROnPlateau(patience=0)", FLAT), ("ReduceLROnPlateau(patience=0, cooldown=0, factor=0.5)", FALLING),
    ("ReduceLROnPlateau('max', 0.5, 2, cooldown=3)", FALLING), ("ReduceLROnPlateau('max', 0.5, 2)", [-m for m in FALLING]),
    ("ReduceLROnPlateau(factor=0.5, patience=1, threshold=0.1)", [-1 - 0.05 * i for i in range(40)]),
    ("ReduceLROnPlateau(factor=0.5, patience=1, threshold=0.1)", [-1 + 0.01 * i for i in range(40)]),
    ("ReduceLROnPlateau('max', 0.5, 1, 0.1)", [-1 - 0.01 * i for i in range(40)]),
    ("ReduceLROnPlateau('max', 0.5, 1, 0.1, 'abs', 1)", [-1 + 0.04 * i for i in range(40)]),
    ("ReduceLROnPlateau(patience=1, min_lr=0.005)", FLAT), ("ReduceLROnPlateau(patience=1, min_lr=[0.03, 0.002], factor=0.3)", FLAT),
    ("ReduceLROnPlateau(patience=1, min_lr=[0.5, 0.002], factor=0.3)", FLAT), ("ReduceLROnPlateau(patience=0, eps=0.01, factor=0.7)", FLAT),
    ("ReduceLROnPlateau(patience=0, factor=0.0)", FLAT), ("ReduceLROnPlateau(factor=1.0)", FLAT), ("ReduceLROnPlateau('least')", FLAT),
    ("ReduceLROnPlateau(threshold_mode='relative')", FLAT), ("ReduceLROnPlateau(min_lr=[0.1, 0.1, 0.1])", FLAT),
    ("ReduceLROnPlateau(patience=2, threshold=1.0)", FALLING), ("ReduceLROnPlateau(patience=2, threshold=0.0)", FLAT),
    ("ReduceLROnPlateau(patience=1, factor=0.5)", [NAN, NAN, 1.0, NAN, 0.5, NAN, NAN, 0.25, INF, 0.1] * 4),
    ("ReduceLROnPlateau('max', patience=1, factor=0.5, cooldown=2)", [NAN, 1.0, -INF, 3.0, NAN, NAN, INF, 1.0, 1.0, 2.0] * 4),
]


j, u = R.randint, lambda lo, hi: round(R.uniform(lo, hi), 4)
LEAVES = [
    lambda: f"StepLR({j(1, 9)}, {u(0.1, 1.1)})",
    lambda: f"MultiStepLR({[j(0, 30) for _ in range(j(0, 5))]}, {u(0.2, 1)})",
    lambda: f"ConstantLR({u(0.1, 1)}, {j(0, 12)})",
    lambda: f"LinearLR({u(0.1, 1)}, {u(0.1, 1)}, {j(1, 15)})",
    lambda: f"ExponentialLR({u(0.8, 1.02)})",
    lambda: f"MultiplicativeLR({u(0.8, 1.02)})",
    lambda: "MultiplicativeLR(lr_lambda=slower)",
    lambda: "LambdaLR(lr_lambda=halves)",
    lambda: f"PolynomialLR({j(30, 50)}, {u(0.3, 3)})",
    lambda: f"CosineAnnealingLR({j(1, 25)}, {u(0.001, 0.01)})",
    lambda: f"CosineAnnealingWarmRestarts({j(1, 9)}, {j(1, 3)}, {u(0, 0.01)})",
    lambda: f"CyclicLR({u(0.001, 0.01)}, {u(0.02, 0.3)}, {j(1, 9)}, {j(1, 9)}, "
            f"'{R.choice(['triangular', 'triangular2', 'exp_range'])}', {u(0.9, 1)})",
    lambda: f"OneCycleLR({u(0.02, 0.3)}, {j(41, 60)}, pct_start={u(0.05, 0.6)}, anneal_strategy='{R.choice(['cos', 'linear'])}', "
            f"three_phase={R.random() < 0.5}, div_factor={u(2, 30)})",
    lambda: f"SWALR({u(0.001, 0.2)}, {j(0, 30)}, '{R.choice(['cos', 'linear'])}')",
]


def leaf():
    return R.choice(LEAVES)()


def plateau():
    return (f"ReduceLROnPlateau('{R.choice(['min', 'max'])}', {round(R.uniform(0.1, 0.9), 3)}, {R.randint(0, 4)}, "
            f"{round(R.uniform(0, 0.1), 4)}, '{R.choice(['rel', 'abs'])}', {R.randint(0, 3)}, "
            f"{round(R.uniform(0, 0.002), 5)}, {R.choice([0.0, 1e-8, 1e-4])})")


def tree(depth=0):
    """A random composite. Few have what PyTorch fails on, parts with parts within a SequentialLR, or several SWALR."""
    n = R.randint(1, 4)
    sequence = R.random() < 0.5
    parts = [tree(depth + 1) if depth < 2 and R.random() < (0.05 if sequence else 0.4) else leaf() for _ in range(n)]
    parts = [p if "SWALR" not in p or R.random() < 0.3 else "StepLR(4, 0.7)" for p in parts]
    if sequence:
        return f"SequentialLR([{', '.join(parts)}], {sorted(j(0, 35) for _ in range(n - 1))})"
    return f"ChainedScheduler([{', '.join(parts)}])"


def compound():
    parts = [leaf() for _ in range(j(1, 3))]
    parts.insert(j(0, len(parts)), plateau())
    return f"ChainedScheduler([{', '.join(parts)}])"


def bases():
    return tuple(u(0.001, 0.5) for _ in range(j(1, 3)))


def noisy():
    falling = R.choice([1, -1])
    return [falling * (2 * 0.9 ** min(i, R.randint(3, 20)) + R.uniform(-0.03, 0.03)) for i in range(40)]


cases = []
if args.edges:
    cases += [run(s, TWO) for s in EDGES]
    cases += [run(s, TWO, metrics=m) for s, m in PLATEAUS]
for i in range(args.random):
    cases.append(run(LEAVES[i % len(LEAVES)](), bases()))
    cases.append(run(tree(), bases()))
    if i % 2:
        cases.append(run(plateau(), bases(), metrics=noisy()))
        cases.append(run(compound(), bases(), metrics=noisy()))
text = "[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n"
if args.out == "-":
    sys.stdout.write(text)
else:
    with open(args.out, "w") as f:
        f.write(text)
