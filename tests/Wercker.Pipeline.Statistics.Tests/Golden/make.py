#!/usr/bin/python3
"""Writes golden.json: what SciPy and NumPy say about samples. Run it with Debian's python3-scipy: /usr/bin/python3 make.py > golden.json"""
import json
import sys

import numpy as np
import scipy
from scipy import stats

CONFIDENCE = 0.98
random = np.random.default_rng(20130419)


def shift(before, after):
    """The estimate of Hodges and Lehmann and its interval, from all differences."""
    differences = np.sort(np.subtract.outer(after, before).ravel())
    pairs = len(differences)
    half = stats.norm.ppf(1 - (1 - CONFIDENCE) / 2) * np.sqrt(pairs * (len(before) + len(after) + 1) / 12)
    outside = int(np.clip(np.round(pairs / 2 - half), 1, max(1, pairs // 2)))
    return float(np.median(differences)), float(differences[outside - 1]), float(differences[pairs - outside])


def shape(values):
    steps = np.abs(np.diff(values)) if len(values) > 1 else np.zeros(1)
    return [float(x) for x in (np.median(values), np.mean(values), np.max(values), np.min(values), np.std(values), np.mean(steps), np.max(steps))]


def chance(before, after):
    """How likely a window of before is as unlike the others as the values of after, cut to the same length: windows of a tenth of before."""
    length = len(before) // 10
    windows = np.array([shape(before[i * length:(i + 1) * length]) for i in range(10)])
    low, middle, high = (np.quantile(windows, q, axis=0) for q in (0.1, 0.5, 0.9))
    level = np.where(np.arange(7) < 4, abs(middle[0]), abs(middle))
    allowed = 0.1 * level
    least = allowed / 4 + level / 1e6
    above, below = (high - middle) + (middle - low) / 2 + least, (middle - low) + (high - middle) / 2 + least

    def size(window):
        off = window - middle
        return np.where(abs(off) > allowed, abs(off) / np.where(off > 0, above, below), 0).clip(max=1e6).max()

    mine, sizes = size(np.array(shape(after[:length]))), np.array([size(window) for window in windows])
    return float(mine), float(np.sum(np.where(sizes >= mine, 1, (sizes / max(mine, 1e-300)) ** 4)) / 11)


def case(name, before, after):
    before, after = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    test = stats.mannwhitneyu(after, before, alternative="two-sided", method="auto")
    estimate, low, high = shift(before, after)
    spread = chance(before, after) if len(before) >= 60 and len(after) >= 12 else None
    return {
        "name": name, "spread": spread, "before": before.tolist(), "after": after.tolist(),
        "u": float(test.statistic), "p": float(test.pvalue), "effect": float(test.statistic) / (len(before) * len(after)),
        "shift": estimate, "low": low, "high": high, "shape": shape(after),
        "quantiles": [float(np.quantile(before, q)) for q in (0.1, 0.9)],
    }


def cases():
    for n, m in ((1, 1), (2, 3), (5, 5), (8, 8), (8, 30), (5, 200), (7, 40)):
        yield case(f"small, no ties, {n} and {m}", random.normal(10, 2, n), random.normal(11, 2, m))
    for n, m in ((3, 4), (6, 8), (8, 25)):
        yield case(f"small, ties, {n} and {m}", random.integers(0, 4, n), random.integers(0, 5, m))
    for n, m in ((9, 9), (18, 18), (60, 60), (60, 12), (300, 150)):
        yield case(f"normal, {n} and {m}", random.normal(100, 15, n), random.normal(104, 15, m))
        yield case(f"counts, {n} and {m}", random.poisson(3, n), random.poisson(4, m))
        yield case(f"heavy tails, {n} and {m}", random.standard_cauchy(n), random.standard_cauchy(m) * 3)
        yield case(f"far apart, {n} and {m}", random.normal(1, 0.1, n), random.normal(500, 20, m))
    yield case("equal", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    yield case("one value against many", [5] * 12, random.normal(5, 1, 12))
    yield case("negative and tiny", random.normal(-1e-9, 1e-10, 20), random.normal(-1.1e-9, 1e-10, 20))
    yield case("huge", random.normal(1e15, 1e12, 20), random.normal(1.001e15, 1e12, 20))


json.dump({"scipy": scipy.__version__, "confidence": CONFIDENCE, "cases": list(cases())}, sys.stdout, indent=1)
sys.stdout.write("\n")
