# Writes metrics.json: outputs and targets with the values that scikit-learn's definitions give. The formulas are written
# out with numpy, each the slow way: pairs of samples for roc_auc, every threshold for average_precision.
#
#   python3 gen.py > metrics.json
import json
import numpy as np

rng = np.random.default_rng(7)


def softmax(x):
    e = np.exp(x - x.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def auc(score, yes, w):
    p, n = np.flatnonzero(yes), np.flatnonzero(~yes)
    if w[p].sum() == 0 or w[n].sum() == 0:
        return None
    total = sum(w[i] * w[j] * ((score[i] > score[j]) + 0.5 * (score[i] == score[j])) for i in p for j in n)
    return total / (w[p].sum() * w[n].sum())


def ap(score, yes, w):
    if w[yes].sum() == 0:
        return None
    total, last = 0.0, 0.0
    for threshold in sorted(set(score), reverse=True):
        above = score >= threshold
        recall = w[above & yes].sum() / w[yes].sum()
        if w[above].sum() > 0:
            total += (recall - last) * w[above & yes].sum() / w[above].sum()
        last = recall
    return total


def f1(yes, predicted, w):
    both, all = w[yes & predicted].sum(), w[yes].sum() + w[predicted].sum()
    return None if all == 0 else 2 * both / all


def mean(values):
    values = [v for v in values if v is not None]
    return None if not values else float(np.mean(values))


def calibration(p, right, w, bins):
    edges, total = np.linspace(0, 1, bins + 1), 0.0
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (p > low) & (p <= high)
        if w[inside].sum() > 0:
            total += abs((w * right)[inside].sum() - (w * p)[inside].sum())
    return total / w.sum()


def classes(x, labels, weights):
    """x [N, C, ...], labels [N, ...]"""
    n, c = x.shape[:2]
    rows = np.moveaxis(x, 1, -1).reshape(-1, c)
    y = labels.reshape(-1)
    w = np.repeat(weights if weights is not None else np.ones(n), len(y) // n)
    rows, w, y = rows[y >= 0], w[y >= 0], y[y >= 0]
    predicted, p = rows.argmax(1), softmax(rows)
    order = np.argsort(-rows, axis=1, kind="stable")
    score = (rows[:, 1] - rows[:, 0])[:, None] if c == 2 else p
    ranked = [1] if c == 2 else range(c)
    right = predicted == y
    return {
        "accuracy": float((w * right).sum() / w.sum()),
        "top(k=2)": float((w * (order[:, :2] == y[:, None]).any(1)).sum() / w.sum()),
        "f1": mean([f1(y == k, predicted == k, w) for k in range(c)]),
        "f1(labels=[1])": f1(y == 1, predicted == 1, w),
        "roc_auc": mean([auc(score[:, i], y == k, w) for i, k in enumerate(ranked)]),
        "average_precision": mean([ap(score[:, i], y == k, w) for i, k in enumerate(ranked)]),
        "perplexity": float(np.exp((w * -np.log(p[np.arange(len(y)), y])).sum() / w.sum())),
        "ece": calibration(p.max(1), right, w, 15),
        "ece(bins=4)": calibration(p.max(1), right, w, 4),
    }


def answers(x, yes, weights):
    """x [N, ...] logits, yes [N, ...]"""
    n = len(x)
    x, yes = x.reshape(n, -1), yes.reshape(n, -1)
    w = weights if weights is not None else np.ones(n)
    every = np.repeat(w, x.shape[1])
    p = 1 / (1 + np.exp(-x))
    right = (x > 0) == yes
    columns = range(x.shape[1])
    entropy = -np.where(yes, np.log(p), np.log(1 - p)).reshape(-1)
    return {
        "accuracy": float((every * right.reshape(-1)).sum() / every.sum()),
        "f1": mean([f1(yes[:, k], x[:, k] > 0, w) for k in columns]),
        "roc_auc": mean([auc(x[:, k], yes[:, k], w) for k in columns]),
        "average_precision": mean([ap(x[:, k], yes[:, k], w) for k in columns]),
        "perplexity": float(np.exp((every * entropy).sum() / every.sum())),
        "ece": calibration(np.maximum(p, 1 - p).reshape(-1), right.reshape(-1), every, 15),
    }


def numbers(x, t, weights):
    n = len(x)
    x, t = x.reshape(n, -1), t.reshape(n, -1)
    w = (weights if weights is not None else np.ones(n))[:, None]
    centre = (w * t).sum(0) / w.sum()
    spread = (w * (t - centre) ** 2).sum(0)
    return {
        "mae": float(((w * abs(x - t)).sum(0) / w.sum()).mean()),
        "rmse": float(np.sqrt((w * (x - t) ** 2).sum(0) / w.sum()).mean()),
        "r2": None if (spread == 0).any() else float((1 - (w * (x - t) ** 2).sum(0) / spread).mean()),
    }


cases = []


def case(name, x, labels=None, target=None, weights=None, want=None):
    cases.append({
        "name": name, "shape": list(x.shape), "output": x.reshape(-1).tolist(),
        "labels": None if labels is None else labels.reshape(-1).tolist(),
        "target": None if target is None else target.reshape(-1).astype(float).tolist(),
        "weights": None if weights is None else weights.tolist(), "want": want,
    })


def some(n, zeros=True):
    w = rng.integers(0 if zeros else 1, 5, n) / 2
    return w


for name, n, c, y, w in [
    ("four classes", 60, 4, rng.integers(0, 4, 60), None),
    ("four classes, weights", 60, 4, rng.integers(0, 4, 60), some(60, False)),
    ("an absent class", 40, 5, rng.integers(0, 4, 40), None),
    ("two classes", 50, 2, rng.integers(0, 2, 50), None),
    ("two classes, weights", 50, 2, rng.integers(0, 2, 50), some(50, False)),
    ("one class of two only", 20, 2, np.ones(20, int), None),
    ("one class of three only", 20, 3, np.full(20, 2), None),
    ("labels that do not count", 40, 3, rng.integers(-1, 3, 40), None),
]:
    x = np.round(rng.normal(0, 1, (n, c)) + np.eye(c)[np.maximum(y, 0)], 1)  # with ties
    case(name, x, labels=y, weights=w, want=classes(x, y, w))
y = rng.integers(0, 3, (8, 2, 3))
x = np.round(rng.normal(0, 1, (8, 3, 2, 3)), 1)
w = some(8, False)
case("images of labels, weights", x, labels=y, weights=w, want=classes(x, y, w))

for name, n, k, share, w in [
    ("a question", 50, 1, 0.3, None),
    ("a question, weights", 50, 1, 0.3, some(50)),
    ("three questions", 40, 3, 0.4, some(40, False)),
    ("always no", 20, 1, 0, None),
    ("always yes", 20, 1, 1, None),
]:
    yes = rng.random((n, k)) < share
    x = np.round(rng.normal(0, 1, (n, k)) + yes, 1)
    case(name, x, target=yes, weights=w, want=answers(x, yes, w))
y = rng.integers(0, 2, 30)
x = np.round(rng.normal(0, 1, (30, 1)) + y[:, None], 1)
case("one logit and labels", x, labels=y, want=answers(x, y[:, None] == 1, None))

for name, shape, w in [
    ("a number", (30,), None), ("a number, weights", (30, 1), some(30)), ("three numbers", (20, 3), some(20, False)),
    ("images", (6, 1, 2, 2), None),
]:
    t = rng.normal(1000, 2, shape)
    x = t + rng.normal(0, 1, shape)
    case(name, x, target=t, weights=w, want=numbers(x, t, w))
t = np.ones((5, 1))
x = t + rng.normal(0, 1, (5, 1))
case("always the same", x, target=t, want=numbers(x, t, None))

print(json.dumps(cases))
