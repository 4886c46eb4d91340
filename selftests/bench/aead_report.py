#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Makes tables, a picture and result.json of the measurements of aead.c in a directory. A
ratio is taken within one round, of the library's cycles to those of a backend."""

import collections
import json
import math
import statistics
import sys

from picture import line, text
from report import HEAD, cells, is_noisy, three, verdict

# Who, bytes of a message, must, aim. The runs have sixteen messages.
BARS = (("avx512", 1424, 1.6, 2.1), ("avx2", 1424, 1.25, 1.5),
        ("avx512", 64, 5, 6.7), ("avx2", 64, 3, 4))
# A processor without AVX-512 is compared with the library on it.
NAMES = {"library": "library", "avx512": "AVX-512", "library of avx2": "library, AVX2",
         "avx2": "AVX2"}
COLOURS = {"library": "#9a9a9a", "avx512": "#2b7a4b", "library of avx2": "#c9a227",
           "avx2": "#1d4fa0"}
LEFT, TOP, WIDTH, HEIGHT = 60, 40, 520, 300


def read_runs(directory):
    """Cycles of a message by (by, what, bytes, run), a number for each round."""
    found = collections.defaultdict(list)
    for name, of in (("runs", ""), ("avx2", " of avx2")):
        with open(f"{directory}/{name}.jsonl", encoding="utf-8") as file:
            for one in map(json.loads, file):
                who = one["by"] + of if "library" in one["by"] else one["by"]
                if (who == "avx2") == bool(of) or "library" in who:
                    found[who, one["what"], one["bytes"], one["run"]].append(one["cycles"])
    return found


def ratio_rows(found):
    """The rows that have a bar."""
    rows = []
    for who, size, must, aim in BARS:
        mine = found.get((who, "seal", size, 16))
        if not mine:
            continue
        of = " of avx2" if who == "avx2" else ""
        base = found["library" + of, "seal", size, 16]
        again = found["library again" + of, "seal", size, 16]
        row = {"title": f"{size} B sealed, runs of 16, {NAMES[who]}", "unit": "cycles",
               "naawg": three(mine), "base": three(base), "must": must, "aim": aim,
               "ratio": three([b / m for b, m in zip(base, mine)]), "absolute": False,
               "itself": three([a / b for a, b in zip(again, base)]), "against": "library"}
        row["verdict"] = verdict(row["ratio"]["median"], must, aim, False)
        row["noisy"] = is_noisy(row)
        rows.append(row)
    return rows


def all_cells(found):
    """Cycles of a message, and of a byte, for each length and run."""
    names = [name for name in NAMES if any(key[0] == name for key in found)]
    yield ["bytes", "run", "what"] + [NAMES[name] for name in names]
    yield ["---"] * (3 + len(names))
    for what, size, run in sorted({key[1:] for key in found}):
        numbers = [statistics.median(found[name, what, size, run]) for name in names]
        yield [str(size), str(run), what] + [f"{n:.0f} ({n / size:.2f})" for n in numbers]


def place(size, cycles):
    """A point of the picture: bytes, and cycles of a byte, both logarithmic."""
    across = math.log(size / 64) / math.log(1440 / 64)
    up = math.log(max(cycles, 0.5) / 0.5) / math.log(16 / 0.5)
    return LEFT + WIDTH * across, TOP + HEIGHT * (1 - up)


def picture(found):
    """Cycles of a byte by the length of a message, sealed in runs of 16."""
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 100}" '
           f'height="{TOP + HEIGHT + 50}" font-family="sans-serif" font-size="12">',
           '<rect width="100%" height="100%" fill="white"/>',
           text(8, 18, "cycles a byte to seal, runs of 16 messages", font_size=15)]
    for cycles in (0.5, 1, 2, 4, 8, 16):
        _, top = place(64, cycles)
        out += [line(LEFT, top, LEFT + WIDTH, top, stroke="#ddd"),
                text(LEFT - 8, top + 4, f"{cycles:g}", text_anchor="end")]
    for size in (64, 128, 256, 512, 1024, 1440):
        left, _ = place(size, 1)
        out.append(text(left, TOP + HEIGHT + 20, str(size), text_anchor="middle"))
    out.append(text(LEFT, TOP + HEIGHT + 40, "bytes of a message"))
    for name, colour in COLOURS.items():
        points = [place(key[2], statistics.median(values) / key[2])
                  for key, values in sorted(found.items())
                  if key[0] == name and key[1] == "seal" and key[3] == 16]
        for (left, top), (right, bottom) in zip(points, points[1:]):
            out.append(line(left, top, right, bottom, stroke=colour, stroke_width=2))
        if points:
            out.append(text(points[-1][0] + 8, points[-1][1] + 4, NAMES[name], fill=colour))
    return "\n".join(out + ["</svg>"]) + "\n"


def main():
    """Read the measurements, and write the results next to them."""
    directory = sys.argv[1]
    found = read_runs(directory)
    rows = ratio_rows(found)
    lines = [HEAD, ["---"] * len(HEAD)] + [cells(row) for row in rows]
    ratios = "\n".join("| " + " | ".join(one) + " |" for one in lines) + "\n"
    every = "\n".join("| " + " | ".join(one) + " |" for one in all_cells(found)) + "\n"
    with open(f"{directory}/about.json", encoding="utf-8") as file:
        about = json.load(file)
    with open(f"{directory}/table.md", "w", encoding="utf-8") as file:
        file.write(ratios + "\nCycles of a message, and of a byte in parentheses, the least of "
                   "200 tries, the\nmedian of five rounds. \"Stock\" is the kernel's library "
                   "here.\n\n" + every)
    with open(f"{directory}/result.json", "w", encoding="utf-8") as file:
        file.write(json.dumps({"about": about, "rows": rows}, indent=1) + "\n")
    with open(f"{directory}/picture.svg", "w", encoding="utf-8") as file:
        file.write(picture(found))
    print(ratios + "\n" + every)


main()
