#!/usr/bin/python3
"""Writes the servers of https://github.com/zhhlee/InterFusion as CSV files that `judging labelled` reads, one folder for each server and one file for each metric.

Run it with Debian's python3-numpy: /usr/bin/python3 machines.py CHECKOUT DIRECTORY PREFIX SECONDS [DAYS], as in
machines.py InterFusion asd omi- 300 and machines.py InterFusion smd machine- 60 8. DAYS of the unlabelled part are kept, by default all.
"""
import datetime
import glob
import os
import pickle
import sys

START = datetime.datetime(2020, 1, 6)


class Arrays(pickle.Unpickler):
    """A pickle may name any function: only what makes an array is let in."""

    def find_class(self, module, name):
        if (module.split(".")[0], name) in {("numpy", "_reconstruct"), ("numpy", "ndarray"), ("numpy", "dtype"), ("_codecs", "encode")}:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is no part of an array")


def load(path):
    with open(path, "rb") as file:
        return Arrays(file).load()


def anomalous(path):
    """(first row, last row, metrics) of each labelled time; metrics count from 1, and rows as the labels' file counts them."""
    with open(path, encoding="utf-8") as file:
        for line in filter(str.strip, file):
            rows, metrics = line.split(":")
            first, last = rows.split("-")
            yield int(first), int(last), [int(metric) for metric in metrics.split(",")]


def main(checkout, directory, prefix, seconds, days=None):
    for path in sorted(glob.glob(os.path.join(checkout, "data", "processed", f"{prefix}*_test.pkl"))):
        machine = os.path.basename(path)[: -len("_test.pkl")]
        train = path.replace("_test.pkl", "_train.pkl")
        if not os.path.exists(train):
            continue
        before, after = load(train), load(path)
        before = before if days is None else before[-int(days) * 86400 // int(seconds):]
        known = [(first, last, metrics) for first, last, metrics in anomalous(os.path.join(checkout, "data", "interpretation_label", f"{machine}.txt"))]
        os.makedirs(os.path.join(directory, machine), exist_ok=True)
        for metric in range(after.shape[1]):
            labels = [0] * len(after)
            for first, last, metrics in known:
                if metric + 1 in metrics:
                    labels[first : last + 1] = [1] * len(labels[first : last + 1])
            with open(os.path.join(directory, machine, f"metric-{metric + 1:02}.csv"), "w", encoding="utf-8") as file:
                file.write("TimeStamp,Value,Label\n")
                for row, (value, label) in enumerate([*((value, "") for value in before[:, metric]), *zip(after[:, metric], labels)]):
                    file.write(f"{START + datetime.timedelta(seconds=row * int(seconds)):%Y-%m-%dT%H:%M:%SZ},{float(value):.9g},{label}\n")


main(*sys.argv[1:])
