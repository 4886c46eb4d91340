#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Runs workloads in the guest over links of kind naawg and of kind wireguard, which naawg
serves both, in turns: naawg, wireguard, naawg once more."""

import argparse
import sys

import lab
from inside import Bench, memory, small, tcp
from lab import NAAWG, STOCK, run

KINDS = (("naawg", NAAWG), ("as wireguard", STOCK))
PAIRS = tuple((who, (kind, kind)) for who, kind in KINDS)
ROWS = {"tcp": lambda bench: tcp(bench, kinds=PAIRS),
        "small": lambda bench: small(bench, kinds=PAIRS),
        "memory": lambda bench: memory(bench, KINDS)}


def main():
    """All rows."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.2)
    options = parser.parse_args()
    options.variant = options.only = ""
    run("modprobe", "naawg_wireguard")
    # The kinds are the only difference, if the same program configures both.
    lab.TOOLS[NAAWG] = lab.TOOLS[STOCK]
    lab.build()
    bench = Bench(options, twice="naawg")
    status = 0
    for row, measure in ROWS.items():
        try:
            measure(bench)
        except (lab.Failed, OSError) as error:
            # A row that cannot be set up must not cost the others.
            print(f"\n{row}: {error}", flush=True)
            bench.note(row, "all", 0, {"failed": str(error)})
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
