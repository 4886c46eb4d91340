#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""reasons.py DEVICE [NAME]: counters of a device, by reason or by name."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "nl"))

from genl import Family  # noqa: E402  pylint: disable=wrong-import-position


def counters(device):
    family = Family()
    found = {}
    for part in family.dump("get-stats", family.named(device)):
        for counter in part.get("reasons", []) + part.get("counters", []):
            found[counter["name"]] = counter["count"]
    return found


def main():
    found = counters(sys.argv[1])
    if len(sys.argv) > 2:
        print(found.get(sys.argv[2], 0))
        return
    for name, count in found.items():
        print(name, count)


main()
