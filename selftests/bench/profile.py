#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Counts samples of perf script by function. Argument: the module symbols of
the guest's /proc/kallsyms, as perf knows the guest's kernel but not those."""

import bisect
import collections
import re
import sys

SHOWN = 45


def main():
    """Functions with their share, those that take most first."""
    modules = []
    with open(sys.argv[1], encoding="ascii") as file:
        for line in file:
            address, kind, name, module = line.split()
            if kind in "tT":
                modules.append((int(address, 16), f"{name} {module}"))
    modules.sort()
    starts = [address for address, _ in modules]
    counts = collections.Counter()
    for line in sys.stdin:
        match = re.match(r"\s*([0-9a-f]+)\s+(.*?)\s+\((.*)\)$", line)
        if not match:
            continue
        address, name, where = int(match[1], 16), match[2], match[3]
        if name == "[unknown]":
            at = bisect.bisect(starts, address) - 1
            name = f"? {where}"
            if at >= 0 and address - starts[at] < 1 << 14:
                name = modules[at][1]
        elif "kernel" in where:
            name = f"{name} (host)"
        counts[name.split("+")[0]] += 1
    total = sum(counts.values())
    for name, count in counts.most_common(SHOWN):
        print(f"{100 * count / total:6.2f} %  {name}")
    print(f"{total} samples")


main()
