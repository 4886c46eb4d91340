#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Keeps a measurement with the documents.

    record.py DIR FILE.md  writes FILE.md from the results in DIR, then the summary
    record.py              writes the summary alone

The summary is the table of docs/performance.md, the picture beside the records, and the
claims of docs/comparison.md. It has each workload that has a bar, from its newest record that is not noisy. README.md has
some of its rows.
"""

import glob
import json
import os
import re
import sys
import textwrap
import time

from picture import draw
from report import BARS, HEAD

REPO = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
RECORDS = os.path.join(REPO, "docs/measurements")
PAGE = os.path.join(REPO, "docs/performance.md")
START = os.path.join(REPO, "README.md")
COMPARISON = os.path.join(REPO, "docs/comparison.md")
# The part of a record of the row "compare" that the page has.
CLAIMS, REST = "## Claims\n\n", "## All rows\n"
PICTURE = os.path.join(RECORDS, "speed.svg")
BEGIN = "<!-- From here on: docs/measurements/, by selftests/bench/record.py. -->\n"
END = "<!-- To here. -->\n"
# The rows that README.md has.
FEW = ("1 TCP stream, 2 CPUs", "1 TCP stream, 1 CPU", "UDP with GSO (QUIC-like sender)",
       "64 B packets per second", "idle round trip, p50", "CPU time per GB",
       "TCP, naawg sends to stock", "TCP, stock sends to naawg")
FACTS = ("date", "commit", "machine", "cpus", "kernel", "rounds", "seconds", "load")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def record(directory, path):
    """One run as a page: the facts about it, and the tables of the benchmark."""
    facts = os.path.join(directory, "about.json")
    if os.path.exists(facts):
        about = json.loads(read(facts))
    else:
        made = os.path.getmtime(os.path.join(directory, "table.md"))
        about = {"date": time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime(made))}
    name = os.path.splitext(os.path.basename(path))[0]
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    lines = [f"# Measurement {name}\n", "| fact | value |", "| --- | --- |"]
    lines += [f"| {fact} | {about[fact]} |" for fact in FACTS if fact in about]
    text = "\n".join(lines) + "\n\n" + read(os.path.join(directory, "table.md"))
    if os.path.exists(os.path.join(directory, "picture.svg")):
        write(os.path.splitext(path)[0] + ".svg",
              read(os.path.join(directory, "picture.svg")))
        text += f"\n![ratios]({name}.svg)\n"
    write(path, text)


def number(text):
    return float(text.replace(" ", "").replace("kB", "") or "nan")


def span(text):
    """`3.35 (0.129 to 4.53)' as the picture wants it."""
    numbers = [number(n) for n in re.findall(r"\d[\d ]*\.?\d*(?:e[+-]?\d+)?", text)]
    return dict(zip(("median", "min", "max"), numbers)) if len(numbers) == 3 else None


def rows_of(path):
    """Rows of a record with the columns of report.py, and the record's date."""
    text = read(path)
    date = re.search(r"^\| date \| (\S+) \|$", text, re.M)
    inside = False
    for line in text.splitlines():
        line = [cell.strip() for cell in line.split("|")[1:-1]]
        if line == HEAD:
            inside = True
        inside = inside and len(line) == len(HEAD)
        if not inside or line == HEAD or line[0] == "---" or not line[2]:
            continue
        must, _, aim = line[4].partition(" / ")
        ratio = span(line[3])
        yield {"title": line[0], "ratio": ratio, "verdict": line[6].split(",")[0],
               "noisy": "noisy" in line[6], "must": number(must) if must else None,
               "aim": number(aim) if aim else None, "absolute": ratio is None,
               "naawg": line[2], "bar": line[4],
               "file": os.path.basename(path), "date": date.group(1) if date else ""}


def summary():
    """Each workload once, from its newest record that says something."""
    rows, order = {}, []
    for path in sorted(glob.glob(os.path.join(RECORDS, "*.md"))):
        for row in rows_of(path):
            if row["title"] not in order:
                order.append(row["title"])
            old = rows.get(row["title"])
            if row["bar"] and not row["noisy"] and (not old or old["date"] <= row["date"]):
                rows[row["title"]] = row
    return [rows[title] for title in order if title in rows]


def result(row):
    return f"{row['ratio']['median']:.3g}" if row["ratio"] else row["naawg"].split(" (")[0]


def table(rows):
    lines = ["| workload | result | must / aim | verdict | record |",
             "| --- | --- | --- | --- | --- |"]
    for row in rows:
        lines.append(f"| {row['title']} | {result(row)} | {row['bar']} | {row['verdict']} "
                     f"| [record](measurements/{row['file']}) |")
    measured = [row["title"] for row in rows]
    noisy = [bar[7] for bar in BARS if bar[5] is not None and bar[7] not in measured]
    if noisy:
        lines.append("\n" + textwrap.fill(f"No quiet measurement yet: {'; '.join(noisy)}.", 100))
    return "\n".join(lines) + "\n"


def short_table(rows):
    """For README.md: some ratios, and whether a higher or a lower one is better."""
    lines = ["| workload | naawg / stock | better |", "| --- | --- | --- |"]
    for row in rows:
        if row["title"] in FEW:
            better = "lower" if row["aim"] < row["must"] else "higher"
            lines.append(f"| {row['title']} | {result(row)} | {better} |")
    return "\n".join(lines) + "\n"


def comparison():
    """Claims and measurements of the newest record that has them, or None."""
    paths = sorted(path for path in glob.glob(os.path.join(RECORDS, "*.md"))
                   if CLAIMS in read(path))
    if not paths:
        return None
    name = os.path.basename(paths[-1])
    claims = read(paths[-1]).partition(CLAIMS)[2].partition(REST)[0].strip()
    return (f"{claims}\n\n![The same as a picture](measurements/{name.removesuffix('.md')}.svg)"
            f"\n\n[All rows of that run](measurements/{name}).\n")


def with_table(path, lines):
    """The page with the table between its markers."""
    head, begin, rest = read(path).partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{path} has no place for the table")
    return head + BEGIN + "\n" + lines + "\n" + END + tail


def main():
    if len(sys.argv) == 3:
        record(sys.argv[1], sys.argv[2])
    elif len(sys.argv) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    rows = summary()
    write(PAGE, with_table(PAGE, table(rows)))
    write(START, with_table(START, short_table(rows)))
    if comparison():
        write(COMPARISON, with_table(COMPARISON, comparison()))
    write(PICTURE, draw([row for row in rows if row["ratio"]]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
