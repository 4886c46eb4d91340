#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Makes a table, a picture and result.json of the runs in a directory.

A ratio is taken within one round, naawg against the mean of the stock driver's
runs before and after it, so that a slow phase of the machine hits both; the
row's is the median of these. The same is done with the stock driver against
itself: what that differs from one is what the machine adds by itself.
"""

import bisect
import json
import os
import statistics
import sys

from picture import draw

# How far the stock driver may be from itself in a row that proves something.
NOISE = 0.06
# Rounds of one row may differ by this factor at most.
SPREAD = 2

# Row, CPUs, who, against whom, what of it, must, aim, what it says, unit. A bar
# over one is to be reached, one of at most one with "down" stayed under.
BARS = (
    ("tcp", 2, "naawg", "stock", "rate", 2.5, 5, "1 TCP stream, 2 CPUs"),
    ("tcp", 1, "naawg", "stock", "rate", 2.5, 4, "1 TCP stream, 1 CPU"),
    ("tcp", 2, "naawg", "raw", "rate", 0.25, 0.4,
     "1 TCP stream against raw veth, 2 CPUs"),
    ("tcp", 1, "naawg", "raw", "rate", None, None,
     "1 TCP stream against raw veth, 1 CPU"),
    ("peers", 2, "naawg", "stock", "rate", 2, 4, "20 peers, 1 stream each"),
    ("udp", 2, "naawg", "stock", "pps", 1.5, 2.5, "UDP 1350 B without GSO"),
    ("udp-gso", 2, "naawg", "stock", "pps", 2.5, 4,
     "UDP with GSO (QUIC-like sender)"),
    ("small", 2, "naawg", "stock", "pps", 1.3, 2, "64 B packets per second"),
    ("small", 1, "naawg", "stock", "pps", None, None,
     "64 B packets per second, 1 CPU"),
    ("idle", 2, "naawg", "stock", "p50", 1, 0.6, "idle round trip, p50"),
    ("idle", 2, "naawg", "stock", "p99", 1, 0.6, "idle round trip, p99"),
    ("idle", 1, "naawg", "stock", "p50", None, None,
     "idle round trip, p50, 1 CPU"),
    ("loaded", 2, "naawg", "stock", "p50", 1, 0.5,
     "round trip under one stream, p50"),
    ("loaded", 2, "naawg", "stock", "p99", None, None,
     "round trip under one stream, p99"),
    ("path-super", 2, "naawg", "stock", "ns", 3, 4,
     "driver alone, GSO packets, out and in, 2 CPUs"),
    ("path-super", 1, "naawg", "stock", "ns", 3, 4,
     "driver alone, GSO packets, out and in, 1 CPU"),
    ("path-small", 2, "naawg", "stock", "ns", 2.5, 4,
     "driver alone, 64 B, out and in, 2 CPUs"),
    ("path-small", 1, "naawg", "stock", "ns", 2.5, 4,
     "driver alone, 64 B, out and in, 1 CPU"),
    ("path-super-out", 1, "naawg", "stock", "ns", None, None,
     "driver alone, GSO packets, out, 1 CPU"),
    ("path-small-out", 1, "naawg", "stock", "ns", None, None,
     "driver alone, 64 B, out, 1 CPU"),
    ("handshakes", 1, "naawg", "stock", "per core", 1, 1.2,
     "handshakes per second and core"),
    ("tcp", 2, "naawg", "stock", "cpu", 0.4, 0.25, "CPU time per GB"),
    ("tcp", 1, "naawg", "stock", "cpu", None, None, "CPU time per GB, 1 CPU"),
    ("memory", 1, "naawg", None, "kB", 8, 4,
     "memory per idle peer, 10 000 peers"),
    ("memory", 1, "naawg", None, "tasks", 0, 0, "tasks of 10 000 idle peers"),
    ("crowd", 1, "naawg of many", "naawg", "rate", 0.95, 0.98,
     "1 active among 10 000 peers against 1 peer"),
    ("crowd", 1, "stock of many", "stock", "rate", None, None,
     "the same, stock driver"),
    ("mixed", 2, "naawg to stock", "stock", "rate", 1, 1.3,
     "TCP, naawg sends to stock"),
    ("mixed", 2, "stock to naawg", "stock", "rate", 1, 1.3,
     "TCP, stock sends to naawg"),
) + tuple((row, 2, "naawg", "stock", "rate", None, None, what) for row, what in (
    ("mixed", "1 TCP stream, real packets only"),
    ("gso-off", "1 TCP stream, GSO off on the veth"),
    ("gro-on", "1 TCP stream, GRO on on the veth"),
    ("no-csum", "1 TCP stream, no checksum offload"),
    ("loss-0.1", "1 TCP stream, 0.1 % loss"),
    ("loss-1", "1 TCP stream, 1 % loss"),
    ("mtu-1280", "1 TCP stream, MTU 1280"),
    ("mtu-8920", "1 TCP stream, MTU 8920"),
    ("tcp-no-simd", "1 TCP stream, no vector code"),
)) + (
    ("tcp-no-simd", 1, "naawg", "stock", "rate", None, None,
     "1 TCP stream, no vector code, 1 CPU"),
    ("udp-no-simd", 2, "naawg", "stock", "pps", None, None,
     "UDP 1350 B without GSO, no vector code"),
    ("small-no-simd", 1, "naawg", "stock", "pps", None, None,
     "64 B packets per second, no vector code, 1 CPU"),
)
DOWN = {"p50", "p99", "cpu", "kB", "tasks"}
# Times whose ratio says how many times as fast naawg is.
TIMES = {"ns"}
UNITS = {"rate": "Mbit/s", "pps": "packets/s", "p50": "us", "p99": "us",
         "per core": "1/s", "cpu": "s/GB", "kB": "kB", "tasks": "",
         "ns": "ns a datagram"}


class Clock:
    """The samples of the sampler."""

    def __init__(self, path):
        self.lines = []
        if os.path.exists(path):
            with open(path, encoding="ascii") as file:
                self.lines = [tuple(map(float, line.split())) for line in file
                              if len(line.split()) == 3]
        self.times = [line[0] for line in self.lines]

    def at(self, when, column):
        """The sum at a moment, between two samples."""
        after = bisect.bisect(self.times, when)
        if not 0 < after < len(self.lines):
            return None
        one, two = self.lines[after - 1], self.lines[after]
        part = (when - one[0]) / (two[0] - one[0])
        return one[column] + part * (two[column] - one[column])

    def spent(self, run, column):
        """Seconds used during a run."""
        if "from" not in run:
            return None
        start, end = self.at(run["from"], column), self.at(run["to"], column)
        return None if start is None or end is None else end - start


def values_of(run, clock):
    """The numbers of one run under the names the bars use."""
    out = {name: run[name] for name in ("pps", "p50", "p99", "tasks", "lost", "ns")
           if name in run}
    spent = clock.spent(run, 1)
    seconds = run.get("seconds")
    if run["row"] == "memory" and "bytes" in run:
        out["kB"] = run["bytes"] / 1024
    elif "bytes" in run and seconds:
        out["rate"] = run["bytes"] * 8 / seconds / 1e6
        if spent and run["bytes"]:
            out["cpu"] = spent / run["bytes"] * 1e9
    if "answered" in run and seconds:
        out["rate per second"] = run["answered"] / seconds
        if spent:
            out["per core"] = run["answered"] / spent
    others = clock.spent(run, 2)
    if others is not None:
        out["others"] = others / (run["to"] - run["from"])
    return out


def three(numbers):
    """median, least, most"""
    return {"median": statistics.median(numbers), "min": min(numbers),
            "max": max(numbers)} if numbers else None


class Runs:
    """All runs, by row, CPUs, contender and round."""

    def __init__(self, directory):
        self.all = {}
        clocks = {}
        with open(f"{directory}/runs.jsonl", encoding="ascii") as file:
            for line in file:
                run = json.loads(line)
                cpus = run["cpus"]
                if cpus not in clocks:
                    clocks[cpus] = Clock(f"{directory}/cpu-{cpus}.txt")
                key = (run["row"], cpus, run["who"])
                self.all.setdefault(key, {})[run["round"]] = (
                    {} if "failed" in run else values_of(run, clocks[cpus]))

    def of(self, row, cpus, who, what):
        """{round: value} of those that gave one."""
        return {number: values[what] for number, values in
                self.all.get((row, cpus, who), {}).items() if what in values}

    def ratios(self, row, cpus, who, base, what):
        """By round; the contender measured twice counts with its mean."""
        one = self.of(row, cpus, who, what)
        first = self.of(row, cpus, base, what)
        again = self.of(row, cpus, f"{base} again", what)
        out = []
        for number, value in one.items():
            if number not in first or not first[number]:
                continue
            both = statistics.mean([first[number], again.get(number, first[number])])
            out.append(both / value if what in TIMES else value / both)
        return out

    def itself(self, row, cpus, base, what):
        """The same contender's second look against its first."""
        first = self.of(row, cpus, base, what)
        again = self.of(row, cpus, f"{base} again", what)
        return [again[number] / first[number] for number in first
                if again.get(number) and first[number]]


def verdict(value, must, aim, down):
    """In one word."""
    if must is None:
        return ""
    for bar, word in ((aim, "aim"), (must, "must")):
        if (value <= bar) if down else (value >= bar):
            return word
    return "MISSED"


def rows_of(runs, bars=BARS):
    """The rows of the tables."""
    rows = []
    for row, cpus, who, base, what, must, aim, title in bars:
        numbers = list(runs.of(row, cpus, who, what).values())
        if not numbers:
            if (row, cpus, who) in runs.all:
                rows.append({"title": title, "verdict": "failed"})
            continue
        ratios = runs.ratios(row, cpus, who, base, what) if base else numbers
        # For rows compared with the bare wire only the stock driver tells how
        # quiet the machine was.
        itself = (runs.itself(row, cpus, base or "stock", what)
                  or runs.itself(row, cpus, "stock", what))
        line = {"title": title, "row": row, "cpus": cpus, "unit": UNITS[what],
                "who": who, "naawg": three(numbers), "against": base,
                "base": three(list(runs.of(row, cpus, base or "stock",
                                           what).values())),
                "ratio": three(ratios), "must": must, "aim": aim,
                "down": what in DOWN, "absolute": base is None,
                "itself": three(itself), "rounds": len(numbers)}
        if not ratios:
            continue
        line["verdict"] = verdict(line["ratio"]["median"], must, aim,
                                  line["down"])
        line["noisy"] = is_noisy(line)
        rows.append(line)
    return rows


def is_noisy(line):
    """Whether the machine was too busy for the row to prove anything."""
    itself, ratio = line["itself"], line["ratio"]
    return bool(itself) and (abs(itself["median"] - 1) > NOISE or
                             ratio["max"] > SPREAD * ratio["min"])


def short(number):
    """Three figures."""
    if number is None:
        return ""
    if abs(number) >= 100:
        return f"{number:,.0f}".replace(",", " ")
    return f"{number:.3g}"


def span(values, unit=""):
    """median (min to max)"""
    if not values:
        return ""
    unit = f" {unit}" if unit else ""
    return (f"{short(values['median'])}{unit} ({short(values['min'])} to "
            f"{short(values['max'])})")


def cells(row):
    """One line of the table."""
    if "ratio" not in row:
        return [row["title"], "", "", "", "", "", row["verdict"]]
    bar = ""
    if row["must"] is not None:
        bar = f"{short(row['must'])} / {short(row['aim'])}"
        bar += " kB" if row["unit"] == "kB" else ""
    found = row["verdict"]
    if row["noisy"]:
        found = f"{found}, noisy" if found else "noisy"
    return [row["title"], span(row["base"], row["unit"]),
            span(row["naawg"], row["unit"]),
            "" if row["absolute"] else span(row["ratio"]), bar,
            short(row["itself"]["median"]) if row["itself"] else "", found]


HEAD = ["workload", "compared with", "naawg", "ratio", "must / aim",
        "stock against itself", "found"]


def markdown(rows):
    """The table of a record."""
    lines = [HEAD, ["---"] * len(HEAD)] + [cells(row) for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def text(rows):
    """The table for a terminal."""
    lines = [HEAD] + [cells(row) for row in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEAD))]
    return "\n".join("  ".join(word.ljust(width) for word, width in
                               zip(line, widths)).rstrip()
                     for line in lines) + "\n"


def conclusion(rows, runs):
    """The conclusions."""
    judged = [row for row in rows if row.get("itself")]
    noisy = [row["title"] for row in judged if row["noisy"]]
    others = [values["others"] for rounds in runs.all.values()
              for values in rounds.values() if "others" in values]
    lines = []
    if others:
        lines.append("Other work on the machine during the runs: median "
                     f"{statistics.median(others):.2f} CPUs, at most "
                     f"{max(others):.2f}.")
    if noisy:
        lines.append("TOO NOISY TO CONCLUDE: the stock driver differs from "
                     f"itself by more than {NOISE:.0%}, or rounds differ by "
                     f"more than a factor of {SPREAD}, in: {'; '.join(noisy)}.")
    elif judged:
        lines.append(f"The stock driver agrees with itself within {NOISE:.0%}, "
                     f"and rounds differ by less than a factor of {SPREAD}, in every row.")
    missed = [row["title"] for row in rows if row["verdict"] in
              ("MISSED", "failed")]
    if missed:
        lines.append(f"Missed: {'; '.join(missed)}.")
    return lines


def main():
    """Read the runs, write the results next to them."""
    directory = sys.argv[1]
    runs = Runs(directory)
    rows = rows_of(runs)
    about = {}
    if os.path.exists(f"{directory}/about.json"):
        with open(f"{directory}/about.json", encoding="utf-8") as file:
            about = json.load(file)
    said = conclusion(rows, runs)
    missing = []
    if os.path.exists(f"{directory}/missing"):
        with open(f"{directory}/missing", encoding="utf-8") as file:
            missing = file.read().splitlines()
        said.append(f"INCOMPLETE: {'; '.join(missing)}.")
    for name, content in (
            ("table.md", markdown(rows) + "\n" + "\n".join(said) + "\n"),
            ("table.txt", text(rows) + "\n" + "\n".join(said) + "\n"),
            ("picture.svg", draw(rows)),
            ("result.json", json.dumps({"about": about, "said": said,
                                        "complete": not missing,
                                        "rows": rows}, indent=1) + "\n")):
        with open(f"{directory}/{name}", "w", encoding="utf-8") as file:
            file.write(content)
    print(text(rows))
    print("\n".join(said))


if __name__ == "__main__":
    main()
