# SPDX-License-Identifier: GPL-2.0
"""Compares claims of the users' documents with measurements: a table and a picture.

The picture needs no colours: claims are boxes, measured values dots with their ends.
"""

from xml.sax.saxutils import escape

# Way, name in the documents, milliseconds added, percent of throughput, percent of CPU time added.
CLAIMS = (("nginx-tls", "TLS/HTTPS", (0.5, 1), (85, 95), (5, 10)),
          ("unix", "Unix socket", (-0.2, -0.2), (105, 110), (-5, -5)),
          ("ssh", "SSH tunnel", (1, 2), (70, 85), (10, 15)),
          ("stock", "WireGuard", (0.3, 0.3), (95, 98), (2, 5)),
          ("naawg", "naawg", (0.3, 0.3), (95, 98), (2, 5)))
LEFT, PANEL, GAP, STEP, TOP = 120, 190, 40, 34, 64


def find(rows, row, value):
    """The cells of a row that is not noisy."""
    for found in rows:
        if found["row"] == row and found["value"] == value and not found["noisy"]:
            return found["ways"]
    return {}


def ends(cells, way, make):
    """MAKE of the ends and the median of a way and the median of the plain one, in order."""
    if way not in cells or "plain" not in cells:
        return None
    plain = cells["plain"]["median"]
    made = [make(cells[way][name], plain) for name in ("min", "median", "max")]
    return sorted(made)


def measured(rows, way):
    """Milliseconds added, percent of throughput, percent of CPU time added."""
    return (ends(find(rows, "keep-alive", "p50"), way, lambda value, plain: value - plain),
            ends(find(rows, "upload", "rate"), way, lambda value, plain: value / plain * 100),
            ends(find(rows, "upload", "cpu"), way,
                 lambda value, plain: (value / plain - 1) * 100))


def span(low, high, form):
    return form.format(low) if low == high else f"{form.format(low)} to {form.format(high)}"


FORMS = ("{:+.1f} ms", "{:.0f} %", "{:+.0f} %")


def table(rows):
    """Claims and measured values."""
    lines = ["| way | latency: claim | measured | throughput: claim | measured | CPU: claim "
             "| measured |", "| --- | --- | --- | --- | --- | --- | --- |"]
    for way, name, *claims in CLAIMS:
        cells = [name]
        for claim, found, form in zip(claims, measured(rows, way), FORMS):
            cells += [span(*claim, form).replace("+-", "-"),
                      form.format(found[1]) if found else "noisy"]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def text(left, top, words, **more):
    extra = "".join(f' {key.replace("_", "-")}="{value}"' for key, value in more.items())
    return f'<text x="{left:.1f}" y="{top:.1f}"{extra}>{escape(words)}</text>'


def panel(number, title, form, all_claims, all_found):
    """One of the three, with a scale from the least to the most of everything in it."""
    values = [value for claim in all_claims for value in claim]
    values += [value for found in all_found if found for value in found]
    low, high = min(values), max(values)
    room = (high - low) * 0.08 or 1
    low, high = low - room, high + room
    left = LEFT + number * (PANEL + GAP)

    def place(value):
        return left + (value - low) / (high - low) * PANEL

    bottom = TOP + STEP * len(CLAIMS)
    out = [text(left, TOP - 26, title, font_size=13),
           f'<rect x="{left}" y="{TOP - 10}" width="{PANEL}" height="{bottom - TOP + 6}" '
           'fill="none" stroke="#999"/>']
    base = 100 if number == 1 else 0
    if low <= base <= high:
        out.append(f'<line x1="{place(base):.1f}" y1="{TOP - 10}" x2="{place(base):.1f}" '
                   f'y2="{bottom - 4}" stroke="#666" stroke-dasharray="3,3"/>')
        out.append(text(place(base), bottom + 12, form.format(base), text_anchor="middle"))
    for line, (claim, found) in enumerate(zip(all_claims, all_found)):
        middle = TOP + STEP * line + 10
        width = max(place(claim[1]) - place(claim[0]), 4)
        out.append(f'<rect x="{place(claim[0]) - 1:.1f}" y="{middle - 8}" width="{width:.1f}" '
                   'height="16" fill="white" stroke="#222" stroke-width="1.5"/>')
        if found:
            out.append(f'<line x1="{place(found[0]):.1f}" y1="{middle}" '
                       f'x2="{place(found[2]):.1f}" y2="{middle}" stroke="#222"/>')
            out.append(f'<circle cx="{place(found[1]):.1f}" cy="{middle}" r="4.5" fill="#222"/>')
            anchor = "end" if place(found[1]) > left + PANEL * 0.7 else "start"
            shift = -8 if anchor == "end" else 8
            out.append(text(place(found[1]) + shift, middle - 7, form.format(found[1]),
                            text_anchor=anchor, font_size=10))
    return out


def draw(rows):
    """The whole picture."""
    width, height = LEFT + 3 * PANEL + 2 * GAP + 24, TOP + STEP * len(CLAIMS) + 44
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
           'font-family="sans-serif" font-size="12">',
           '<rect width="100%" height="100%" fill="white"/>',
           text(8, 18, "Compared with plain HTTP: what was claimed, and what was measured",
                font_size=15)]
    found = [measured(rows, way) for way, *_ in CLAIMS]
    for line, (_, name, *_) in enumerate(CLAIMS):
        out.append(text(LEFT - 10, TOP + STEP * line + 14, name, text_anchor="end"))
    for number, title in enumerate(("time added to a request", "upload, share of plain HTTP",
                                    "processor time added")):
        out += panel(number, title, FORMS[number], [claim[2 + number] for claim in CLAIMS],
                     [values[number] for values in found])
    out.append(text(8, height - 8, "box: claim; dot: measured median; line: least to most"))
    return "\n".join(out + ["</svg>"]) + "\n"
