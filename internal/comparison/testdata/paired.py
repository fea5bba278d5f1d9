# Writes paired.json: what SciPy says about differences paired by seed. Run it with python3 and SciPy; it printed its
# version into the file.

import json
import random

import scipy
from scipy import stats


def interval(mean, low, high):
    return {"mean": mean, "half": (high - low) / 2}


random.seed(1)
cases = []
for n in (2, 3, 4, 5, 10, 30, 100):
    for level in (0.9, 0.95, 0.99, 1 - 0.05 / 7):
        a = {seed: random.gauss(0.99, 0.01) for seed in range(1, n + 1)}
        b = {seed: a[seed] - random.gauss(0.002, 0.003) for seed in range(1, n + 1)}
        x, y = list(a.values()), list(b.values())
        paired = stats.ttest_rel(x, y).confidence_interval(level)
        mean = sum(p - q for p, q in zip(x, y)) / n
        alone = stats.ttest_1samp(x, 0).confidence_interval(level)
        cases.append({
            "level": level, "a": a, "b": b,
            "paired": interval(mean, paired.low, paired.high),
            "alone": interval(sum(x) / n, alone.low, alone.high),
        })
with open("paired.json", "w") as f:
    json.dump({"scipy": scipy.__version__, "cases": cases}, f, indent=1)
    f.write("\n")
