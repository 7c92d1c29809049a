"""Runs SciPy's mannwhitneyu over the rows of two files of doubles, writes the p-values to a third, and prints the seconds."""
import sys
import time

import numpy as np
from scipy import stats

before, after, answer, points = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
x = np.fromfile(before).reshape(-1, points)
y = np.fromfile(after).reshape(-1, points)
stats.mannwhitneyu(y[:10], x[:10], axis=1)
started, cpu = time.perf_counter(), time.process_time()
p = stats.mannwhitneyu(y, x, axis=1, alternative="two-sided", method="auto").pvalue
print(time.perf_counter() - started, time.process_time() - cpu)
p.tofile(answer)
