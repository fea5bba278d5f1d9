#!/usr/bin/env python3
"""Writes loss.json beside this file: what PyTorch 2.14's losses and their gradients are, in float64."""
import json, os
import torch
import torch.nn.functional as F

torch.manual_seed(13)
torch.set_default_dtype(torch.float64)
cases = []


def pack(t):
    return ["NaN" if v != v else "Inf" if v == float("inf") else "-Inf" if v == -float("inf") else v
            for v in t.detach().reshape(-1).tolist()]


def case(kind, f, x, target, wrt_target=False, **args):
    x = x.clone().requires_grad_()
    t = target.clone().requires_grad_(wrt_target)
    loss = f(x, t)
    (1.5 * loss).backward()
    c = {"kind": kind, "args": args, "shape": list(x.shape), "x": pack(x), "loss": pack(loss), "dx": pack(x.grad)}
    if target.dtype == torch.int64:
        c["labels"] = target.reshape(-1).tolist()
    else:
        c["target"] = pack(target)
    if wrt_target:
        c["dt"] = pack(t.grad)
    cases.append(c)


REDUCTIONS = ("mean", "sum")
shapes = [(5, 3), (1, 1), (3, 4, 2), (2, 3, 2, 2), (4, 7)]
for shape in shapes:
    n, classes = shape[0], shape[1]
    where = (n,) + shape[2:]
    for reduction in REDUCTIONS:
        for weights in (None, torch.rand(classes) + 0.1, torch.arange(classes).double()):
            for ignore in (None, -100, 0):
                x, labels = 3 * torch.randn(shape), torch.randint(classes, where)
                if ignore is not None:
                    labels[torch.rand(where) < 0.3] = ignore
                a = dict(reduction=reduction, weights=None if weights is None else weights.tolist(), ignore=ignore)
                skip = -100 if ignore is None else ignore
                case("NLL", lambda x, t: F.nll_loss(x, t, weights, reduction=reduction, ignore_index=skip), x, labels, **a)
                for s in (0.0, 0.2):
                    case("CrossEntropy", lambda x, t: F.cross_entropy(
                        x, t, weights, reduction=reduction, ignore_index=skip, label_smoothing=s), x, labels, smoothing=s, **a)
            for s in (0.0, 0.2):
                x = 3 * torch.randn(shape)
                a = dict(reduction=reduction, weights=None if weights is None else weights.tolist(), smoothing=s)
                for t in (torch.randn(shape).softmax(1), torch.rand(shape)):
                    case("CrossEntropySoft", lambda x, t: F.cross_entropy(x, t, weights, reduction=reduction, label_smoothing=s),
                         x, t, wrt_target=True, **a)

inf, nan = float("inf"), float("nan")
for labels, a in (([-100, -100], {}), ([0, 0], dict(weights=[0.0, 1.0])), ([0, -100], dict(weights=[0.0, 1.0]))):
    w = torch.tensor(a["weights"]) if a else None
    for s in (0.0, 0.1):
        case("CrossEntropy", lambda x, t: F.cross_entropy(x, t, w, label_smoothing=s), torch.randn(2, 2), torch.tensor(labels),
             reduction="mean", ignore=-100, smoothing=s, **a)
    case("NLL", lambda x, t: F.nll_loss(x, t, w), torch.randn(2, 2), torch.tensor(labels), reduction="mean", ignore=-100, **a)
for x, label in (([800., -800, 0], 0), ([800., -800, 0], 1), ([-800., -800], 0), ([-inf, 0, 0], 1), ([-inf, 0], 0), ([nan, 0], 1)):
    case("CrossEntropy", F.cross_entropy, torch.tensor([x]), torch.tensor([label]), reduction="mean")

for shape in shapes + [(6,)]:
    for reduction in REDUCTIONS:
        x, t = 2 * torch.randn(shape), 2 * torch.randn(shape)
        x.view(-1)[0] = t.view(-1)[0]
        if x.numel() > 5:
            x.view(-1)[1:5] = t.view(-1)[1:5] + torch.tensor([1., -1., 0.5, -0.5])
        r = dict(reduction=reduction)
        case("MSE", lambda x, t: F.mse_loss(x, t, **r), x, t, True, **r)
        case("L1", lambda x, t: F.l1_loss(x, t, **r), x, t, True, **r)
        for d in (1.0, 0.5, 2.5):
            case("Huber", lambda x, t: F.huber_loss(x, t, delta=d, **r), x, t, True, threshold=d, **r)
            case("SmoothL1", lambda x, t: F.smooth_l1_loss(x, t, beta=d, **r), x, t, True, threshold=d, **r)
        p = torch.rand(shape)
        p.view(-1)[0] = 0
        p.view(-1)[-1] = 1
        ch = shape[1] if len(shape) > 1 else 1
        for pos, w in ((None, None), (3 * torch.rand(ch), None), (None, 2 * torch.rand(ch)), (torch.full((ch,), 5.), torch.rand(ch))):
            at = (lambda v: None if v is None else v.view((-1,) + (1,) * max(len(shape) - 2, 0)))
            for scale in (1, 40):
                case("Binary", lambda x, t: F.binary_cross_entropy_with_logits(x, t, at(w), pos_weight=at(pos), **r), scale * x, p, True,
                     pos=None if pos is None else pos.tolist(), weights=None if w is None else w.tolist(), **r)
    for reduction in REDUCTIONS + ("batchmean",):
        r = dict(reduction=reduction)
        x, p = torch.randn(shape).log_softmax(-1), torch.randn(shape).softmax(-1)
        case("KLDiv", lambda x, t: F.kl_div(x, t, **r), x, p, True, **r)
        case("KLDiv", lambda x, t: F.kl_div(x, t, log_target=True, **r), x, p.log(), True, logarithm=True, **r)
        p.view(-1)[0] = 0
        case("KLDiv", lambda x, t: F.kl_div(x, t, **r), x, p, **r)

# Weights of samples: those of elements in mse_loss and l1_loss of 2.14. The mean of huber_loss divides by their number.
for kind, f in (("MSE", F.mse_loss), ("L1", F.l1_loss)):
    for reduction in REDUCTIONS:
        x, t, w = torch.randn(5, 3), torch.randn(5, 3), torch.rand(5)
        w[2] = 0
        case(kind, lambda x, t: f(x, t, weight=w.view(-1, 1).expand(5, 3), reduction=reduction), x, t, True,
             reduction=reduction, threshold=1.0, samples=w.tolist())

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "loss.json"), "w") as f:
    json.dump({"torch": torch.__version__, "cases": cases}, f)
    f.write("\n")
