#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Turns the drawing of `qrencode -t ansiutf8' on a terminal into a picture (PGM), as
a phone's camera would see it."""
import re
import sys

SCALE = 4
# of each character the upper and the lower half, lit or not
HALVES = {"\u2588": (255, 255), "\u2580": (255, 0), "\u2584": (0, 255), " ": (0, 0)}

rows = []
for line in sys.stdin.read().splitlines():
    cells = [HALVES[c] for c in re.sub("\x1b\\[[0-9;]*m", "", line)]
    if cells:
        rows += [[cell[half] for cell in cells] for half in (0, 1)]
if not rows:
    sys.exit("qr.py: nothing was drawn")
width = max(len(row) for row in rows)
out = sys.stdout.buffer
out.write(b"P5 %d %d 255\n" % (width * SCALE, len(rows) * SCALE))
for row in rows:
    row = row + [255] * (width - len(row))
    out.write(bytes(v for v in row for _ in range(SCALE)) * SCALE)
