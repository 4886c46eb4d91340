#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Makes a table and result.json of the runs of as_wireguard.py in a directory. A ratio is
taken within one round, of the kind wireguard to the mean of the two runs of kind naawg."""

import json
import sys

from report import Runs, is_noisy, rows_of, span

BARS = tuple((row, 1, "as wireguard", "naawg", what, None, None, title)
             for row, what, title in (
                 ("tcp", "rate", "1 TCP stream, 1 CPU"),
                 ("tcp", "cpu", "CPU time per GB, 1 CPU"),
                 ("small", "pps", "64 B packets per second, 1 CPU"),
                 ("memory", "kB", "memory per idle peer, 10 000 peers")))
HEAD = ("workload", "kind naawg", "kind wireguard", "ratio", "naawg against itself")


def cells(row):
    """One line of the table."""
    if "ratio" not in row:
        return [row["title"], "", "", row["verdict"], ""]
    return [row["title"], span(row["base"], row["unit"]), span(row["naawg"], row["unit"]),
            span(row["ratio"]) + (", noisy" if is_noisy(row) else ""), span(row["itself"])]


def main():
    """Read the runs, and write the results next to them."""
    directory = sys.argv[1]
    rows = rows_of(Runs(directory), BARS)
    lines = [HEAD, ["---"] * len(HEAD)] + [cells(row) for row in rows]
    table = "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
    with open(f"{directory}/about.json", encoding="utf-8") as file:
        about = json.load(file)
    with open(f"{directory}/table.md", "w", encoding="utf-8") as file:
        file.write(table)
    with open(f"{directory}/result.json", "w", encoding="utf-8") as file:
        file.write(json.dumps({"about": about, "rows": rows}, indent=1) + "\n")
    print(table)


main()
