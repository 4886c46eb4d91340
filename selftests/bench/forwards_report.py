#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Makes the tables of the forwards benchmark and result.json of its runs.

Work is counted per second of CPU time the guest was given, so that others on
the machine take less away from it; per second of the clock it stands in
result.json. A ratio is taken within one round, and what is shown is the median
of the rounds, with the least and the most.
"""

import json
import os
import statistics
import sys

from report import Clock

NOISE = 0.06
SIZES = (1, 100, 1000)
OTHERS = ("nft map", "iptables-legacy", "iptables-nft")
TITLES = {"throughput": "one TCP stream, Mbit",
          "connections": "new TCP connections",
          "flows": "new UDP flows"}

# What, its contender and rules, against whom and theirs, bar.
BARS = tuple(("throughput", ("naawg", size), ("no NAT", 0), 0.9)
             for size in SIZES) + (
    ("throughput", ("naawg", 1000), ("naawg", 1), 0.98),
    ("connections", ("naawg", 1000), ("naawg", 1), None),
    ("connections", ("naawg", 1000), ("no NAT", 0), None),
) + tuple((what, ("naawg", size), ("nft map", size), 1)
          for what in ("connections", "flows") for size in SIZES) + tuple(
    (what, ("naawg", 1000), (who, 1000), 3)
    for what in ("connections", "flows")
    for who in ("iptables-legacy", "iptables-nft"))


def read(directory, by_clock=False):
    """{(what, who, rules): {round: work per second}}"""
    runs, clock = {}, Clock(f"{directory}/cpu.txt")
    with open(f"{directory}/runs.jsonl", encoding="ascii") as file:
        for line in file:
            run = json.loads(line)
            if "work" not in run:
                continue
            spent = run["seconds"] if by_clock else clock.spent(run, 1)
            if spent:
                runs.setdefault((run["what"], run["who"], run["rules"]),
                                {})[run["round"]] = run["work"] / spent
    return runs


def three(numbers):
    """median, least, most"""
    numbers = list(numbers)
    return {"median": statistics.median(numbers), "min": min(numbers),
            "max": max(numbers)} if numbers else None


def ratios(runs, what, one, two):
    """By round, without those where one of them failed."""
    ours, theirs = runs.get((what, *one), {}), runs.get((what, *two), {})
    return [ours[number] / theirs[number] for number in ours
            if theirs.get(number)]


def short(number):
    """Three figures."""
    if abs(number) >= 100:
        return f"{number:,.0f}".replace(",", " ")
    return f"{number:.3g}"


def span(values):
    """median (least to most)"""
    if not values:
        return "failed"
    return (f"{short(values['median'])} ({short(values['min'])} to "
            f"{short(values['max'])})")


def markdown(rows):
    """A table."""
    lines = [rows[0], ["---"] * len(rows[0])] + rows[1:]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def numbers_table(runs):
    """The results by contender."""
    rows = [["per second of CPU time", "rules", "no NAT", "naawg", *OTHERS]]
    for what, title in TITLES.items():
        for size in SIZES:
            row = [title, str(size)]
            for who in ("no NAT", "naawg", *OTHERS):
                key = (what, who, 0 if who == "no NAT" else size)
                row.append(span(three(runs.get(key, {}).values())))
            rows.append(row)
    return markdown(rows)


def named(contender):
    """A contender in words."""
    who, rules = contender
    return f"{who}, {rules} rule{'s' * (rules != 1)}" if rules else who


def judged(runs):
    """The bars and what became of them."""
    out = []
    for what, one, two, bar in BARS:
        found = three(ratios(runs, what, one, two))
        line = {"what": what, "of": named(one), "against": named(two),
                "ratio": found, "bar": bar, "found": "failed"}
        if found:
            line["found"] = "" if bar is None else (
                "reached" if found["median"] >= bar else "MISSED")
        out.append(line)
    return out


def main():
    """Read the runs, write the results next to them."""
    directory = sys.argv[1]
    runs, by_clock = read(directory), read(directory, True)
    bars = judged(runs)
    rows = [["", "of", "against", "ratio", "bar", "found"]] + [
        [TITLES[line["what"]].split(",", maxsplit=1)[0], line["of"], line["against"],
         span(line["ratio"]), "" if line["bar"] is None else str(line["bar"]),
         line["found"]] for line in bars]
    said = []
    for what, title in TITLES.items():
        itself = three(ratios(runs, what, ("no NAT again", 0), ("no NAT", 0)))
        if itself:
            noisy = abs(itself["median"] - 1) > NOISE
            said.append(f"No NAT against itself, {title.split(',')[0]}: "
                        f"{span(itself)}{', NOISY' if noisy else ''}.")
    text = "\n\n".join((numbers_table(runs), markdown(rows), "\n".join(said)))
    about = {}
    if os.path.exists(f"{directory}/about.json"):
        with open(f"{directory}/about.json", encoding="utf-8") as file:
            about = json.load(file)
    with open(f"{directory}/table.md", "w", encoding="utf-8") as file:
        file.write(text + "\n")
    with open(f"{directory}/result.json", "w", encoding="utf-8") as file:
        json.dump({"about": about, "said": said, "bars": bars,
                   "runs": [{"what": what, "who": who, "rules": rules,
                             "per CPU second": three(values.values()),
                             "per second": three(
                                 by_clock[what, who, rules].values())}
                            for (what, who, rules), values in runs.items()]},
                  file, indent=1)
        file.write("\n")
    print(text)


main()
