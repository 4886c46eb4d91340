# SPDX-License-Identifier: GPL-2.0
"""The ratios as a picture: a bar for the median, a line from least to most,
marks where the bars of the project are. The scale is logarithmic, so that half
as much and twice as much are equally far from one."""

import math
from xml.sax.saxutils import escape

LEFT, WIDTH, STEP, TOP = 310, 520, 24, 48
LEAST, MOST = 1 / 16, 16
GOOD, BAD, UNSURE = "#2b7a4b", "#b3402e", "#9a9a9a"


def place(value):
    """Where a ratio is, from the left."""
    value = min(max(value, LEAST), MOST)
    return LEFT + WIDTH * math.log(value / LEAST) / math.log(MOST / LEAST)


def text(left, top, words, **more):
    """A line of text."""
    extra = "".join(f' {key.replace("_", "-")}="{value}"'
                    for key, value in more.items())
    return f'<text x="{left:.1f}" y="{top:.1f}"{extra}>{escape(words)}</text>'


def line(left, top, right, bottom, **more):
    """A straight line."""
    extra = "".join(f' {key.replace("_", "-")}="{value}"'
                    for key, value in more.items())
    return (f'<line x1="{left:.1f}" y1="{top:.1f}" x2="{right:.1f}" '
            f'y2="{bottom:.1f}"{extra}/>')


def bar(row, top):
    """One row of the picture."""
    ratio = row["ratio"]
    colour = BAD if row["verdict"] == "MISSED" else GOOD
    if row["noisy"]:
        colour = UNSURE
    one, end = place(1), place(ratio["median"])
    middle = top + 8
    out = [text(LEFT - 8, top + 12, row["title"], text_anchor="end"),
           f'<rect x="{min(one, end):.1f}" y="{top}" '
           f'width="{max(abs(end - one), 1):.1f}" height="16" fill="{colour}"/>',
           line(place(ratio["min"]), middle, place(ratio["max"]), middle,
                stroke="#222")]
    for name, dash in (("must", "none"), ("aim", "2,2")):
        if row[name]:
            at = place(row[name])
            out.append(line(at, top - 3, at, top + 19, stroke="#1d4fa0",
                            stroke_width=2, stroke_dasharray=dash))
    out.append(text(LEFT + WIDTH + 8, top + 12, f"{ratio['median']:.2f}"))
    return out


def draw(rows):
    """The whole picture."""
    rows = [row for row in rows if "ratio" in row and not row["absolute"]]
    height = TOP + STEP * len(rows) + 30
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 70}" '
           f'height="{height}" font-family="sans-serif" font-size="12">',
           '<rect width="100%" height="100%" fill="white"/>',
           text(8, 18, "naawg as a ratio to what it is compared with",
                font_size=15)]
    step = LEAST
    while step <= MOST:
        out.append(line(place(step), TOP - 8, place(step), height - 24,
                        stroke="#333" if step == 1 else "#ddd"))
        words = f"{step:g}" if step >= 1 else f"1/{round(1 / step)}"
        out.append(text(place(step), TOP - 12, words, text_anchor="middle"))
        step *= 2
    for number, row in enumerate(rows):
        out += bar(row, TOP + STEP * number)
    out.append(text(8, height - 8, "blue: must (solid) and aim (dashed); "
                    "red: missed; grey: too noisy; black: least to most"))
    return "\n".join(out + ["</svg>"]) + "\n"
