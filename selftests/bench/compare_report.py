#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Makes table.md, picture.svg and result.json of the runs in a directory.

    compare_report.py DIR

A row is noisy if the stock driver's second turn differs from its first by more than 6 %, or
if rounds of naawg differ by more than a factor of two. Noisy rows are not in the table.
"""

import json
import statistics
import sys

from compare import claims
from report import Clock, short, three

WAYS = (("plain", "plain HTTP"), ("unix", "Unix socket"), ("nginx", "nginx, no TLS"),
        ("nginx-tls", "nginx, mTLS"), ("haproxy-tls", "HAProxy, mTLS"), ("ssh", "SSH"),
        ("go", "wireguard-go"), ("stock", "stock driver"), ("naawg", "naawg"),
        ("stock-forward", "stock driver, nft"), ("naawg-forward", "naawg, forward"),
        ("drop-in", "naawg as wireguard"))
# Row, value, title, unit; less is better where the unit is one of time or of text.
ROWS = (
    ("keep-alive", "p50", "small request, open connection, p50", "ms"),
    ("keep-alive", "p99", "small request, open connection, p99", "ms"),
    ("new", "p50", "small request, new connection, p50", "ms"),
    ("new", "p99", "small request, new connection, p99", "ms"),
    ("upload", "rate", "upload of one large file", "MB/s"),
    ("download", "rate", "download of one large file", "MB/s"),
    ("crowd", "rate", "100 uploads at a time", "MB/s"),
    ("upload", "cpu", "processor time of an upload", "s/GB"),
    ("upload", "web", "the same, programs of the web host", "s/GB"),
    ("upload", "services", "the same, programs of the services host", "s/GB"),
    ("download", "cpu", "processor time of a download", "s/GB"),
    ("outage", "error", "wire cut: until the caller's error", "s"),
    ("outage", "back", "wire whole: until the first success", "s"),
    ("first answer", "seconds", "link up: until the first answer", "s"),
    ("wire", "plaintext", "text of 1 MB seen on the wire", "bytes"),
    ("peers", "least", "20 peers at once, the slowest", "Mbit/s"),
    ("mariadb", "per second", "MariaDB queries through a forward", "1/s"),
    ("redis", "per second", "Redis commands through a forward", "1/s"),
)
DOWN = {"ms", "s", "s/GB", "bytes"}
NOISE, SPREAD, BAR = 0.06, 2, 0.98
AGAIN = " again"


def line_rows(runs):
    """One row for each line that was measured."""
    for row in sorted({row for row, _ in runs if row.startswith("line ")},
                      key=lambda row: [-float(word) for word in row.split()[1:2]] +
                      [float(word) for word in row.split()[2:]]):
        rate, delay, loss = row.split()[1:]
        yield row, "rate", f"{rate} Mbit/s, {delay} ms, {loss} % loss", "Mbit/s"


def values_of(run, clock):
    """The numbers of one run."""
    out = {name: run[name] for name in ("p50", "p99", "web", "services", "error", "back",
                                        "plaintext", "per second", "rate") if name in run}
    if run["row"] == "first answer" and "seconds" in run:
        out["seconds"] = run["seconds"]
    if "least" in run:
        out["least"] = run["least"] * 8 / run["seconds"] / 1e6
    elif "bytes" in run:
        out["rate"] = run["bytes"] / run["seconds"] / 1e6
        spent = clock.spent(run, 1)
        if spent:
            out["cpu"] = spent / run["bytes"] * 1e9
    return out


def read(directory):
    """{(row, who): {value: [of each round]}}; the first boot's plain way counts, and the
    drop-in is made comparable with it by the plain way of its own boot."""
    clock = Clock(f"{directory}/cpu-2.txt")
    runs, boots = {}, [{}, {}]
    with open(f"{directory}/runs.jsonl", encoding="ascii") as file:
        for line in file:
            run = json.loads(line)
            second = run.get("boot") == "drop-in"
            into = boots[second].setdefault((run["row"], run["who"]), {})
            for name, value in ({} if "failed" in run else values_of(run, clock)).items():
                into.setdefault(name, []).append(value)
    runs.update(boots[0])
    for (row, who), values in boots[1].items():
        if who == "drop-in":
            runs[row, who] = {
                name: [value * factor(boots, row, name) for value in numbers]
                for name, numbers in values.items()}
    return runs


def factor(boots, row, name):
    """By how much the plain way was better or worse in the first boot."""
    plain = [boot.get((row, "plain"), {}).get(name) for boot in boots]
    if not all(plain) or not statistics.median(plain[1]):
        return 1
    return statistics.median(plain[0]) / statistics.median(plain[1])


def against_stock(runs, row, name):
    """naawg as a ratio to the stock driver, the median of the rounds."""
    one = runs.get((row, "naawg"), {}).get(name, [])
    first = runs.get((row, "stock"), {}).get(name, [])
    again = runs.get((row, "stock" + AGAIN), {}).get(name, first)
    ratios = [a / statistics.mean((b, c)) for a, b, c in zip(one, first, again) if b + c]
    return statistics.median(ratios) if ratios else None


def is_noisy(runs, row, name):
    first = runs.get((row, "stock"), {}).get(name, [])
    again = runs.get((row, "stock" + AGAIN), {}).get(name, [])
    own = runs.get((row, "naawg"), {}).get(name, [])
    itself = [b / a for a, b in zip(first, again) if a]
    if itself and abs(statistics.median(itself) - 1) > NOISE:
        return True
    return bool(own) and min(own) > 0 and max(own) > SPREAD * min(own)


def rows_of(runs):
    """The rows of the table."""
    for row, name, title, unit in ROWS + tuple(line_rows(runs)):
        cells = {who: three(runs[row, who][name]) for who, _ in WAYS
                 if runs.get((row, who), {}).get(name)}
        if cells:
            yield {"title": title, "row": row, "value": name, "unit": unit, "ways": cells,
                   "ratio": against_stock(runs, row, name),
                   "noisy": is_noisy(runs, row, name)}


def shown(cell, rounds=True):
    if cell is None:
        return ""
    text = short(cell["median"])
    if rounds and cell["min"] != cell["max"]:
        text += f" ({short(cell['min'])} to {short(cell['max'])})"
    return text


def missed(row):
    """Is naawg worse than 0.98 of the stock driver?"""
    if not row["ratio"] or row["noisy"]:
        return False
    return row["ratio"] > 1 / BAR if row["unit"] in DOWN else row["ratio"] < BAR


def table(rows):
    """One line a row, one column a way that anything was measured of."""
    used = [(who, title) for who, title in WAYS if any(who in row["ways"] for row in rows)]
    lines = [["row"] + [title for _, title in used] + ["naawg / stock"]]
    lines.append(["---"] * len(lines[0]))
    for row in rows:
        if row["noisy"]:
            continue
        ratio = short(row["ratio"]) if row["ratio"] else ""
        lines.append([f"{row['title']}, {row['unit']}"] +
                     [shown(row["ways"].get(who)) for who, _ in used] +
                     [ratio + (" MISSED" if missed(row) else "")])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def conclusion(rows, about):
    """The bars and the noise, in sentences."""
    find = {(row["row"], row["value"]): row for row in rows}
    said = []
    noisy = [row["title"] for row in rows if row["noisy"]]
    if noisy:
        said.append(f"Too noisy to tell, and not in the table: {'; '.join(noisy)}.")
    worse = [f"{row['title']} ({short(row['ratio'])})" for row in rows if missed(row)]
    said.append(f"naawg is worse than 0.98 of the stock driver in: {'; '.join(worse)}." if worse
                else "naawg reaches 0.98 of the stock driver or more in every row.")
    line = find.get(("line 1000 5 0", "rate"))
    if line and {"plain", "naawg"} <= set(line["ways"]):
        share = line["ways"]["naawg"]["median"] / line["ways"]["plain"]["median"]
        said.append(f"On the line of 1 Gbit/s naawg gets {share:.1%} of what plain TCP gets "
                    f"(bar: 95 %).")
    small = find.get(("keep-alive", "p50"))
    if small and {"plain", "naawg"} <= set(small["ways"]):
        added = small["ways"]["naawg"]["median"] - small["ways"]["plain"]["median"]
        said.append(f"naawg adds {added:+.2f} ms to a small request (bar: 0.3 ms).")
    said.append(f"Load of the machine before: {about.get('load', 'unknown')}.")
    return said


def main():
    directory = sys.argv[1]
    with open(f"{directory}/about.json", encoding="utf-8") as file:
        about = json.load(file)
    rows = list(rows_of(read(directory)))
    said = conclusion(rows, about)
    result = {"about": about, "said": said, "rows": rows}
    page = (f"## Claims\n\n{claims.table(rows)}\n## All rows\n\n{table(rows)}\n" +
            "\n\n".join(said) + "\n")
    for name, content in (("table.md", page),
                          ("picture.svg", claims.draw(rows)),
                          ("result.json", json.dumps(result, indent=1) + "\n")):
        with open(f"{directory}/{name}", "w", encoding="utf-8") as file:
            file.write(content)
    print(page)


if __name__ == "__main__":
    main()
