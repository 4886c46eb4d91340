#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Print the entry of a version in docs/changelog.md. Fail if it has none, or is unfinished."""

import os
import re
import sys

REPO = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
PAGE = "docs/changelog.md"
# A version of Semantic Versioning, without build metadata.
SEMANTIC = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z.-]+))?")
UNFINISHED = "Not released yet."


class Unready(Exception):
    """The changelog lacks something that a release needs."""


def version(repo=REPO):
    """The version of this tree, from dkms.conf."""
    with open(os.path.join(repo, "dkms.conf"), encoding="utf-8") as f:
        return re.search(r'^PACKAGE_VERSION="(.*)"$', f.read(), re.M).group(1)


def entries(text):
    """The pairs of heading and text, the newest first."""
    parts = re.split(r"^## +(.+?) *$", text, flags=re.M)
    return [(parts[n], parts[n + 1].strip()) for n in range(1, len(parts), 2)]


def entry(wanted, text):
    """The text of the newest entry, which has to be that of the wanted version."""
    listed = entries(text)
    if wanted not in dict(listed):
        raise Unready(f"{PAGE} has no entry for {wanted}: add a heading `## {wanted}'")
    if listed[0][0] != wanted:
        raise Unready(f"{PAGE}: the newest entry is {listed[0][0]}, not {wanted}")
    if UNFINISHED in listed[0][1]:
        raise Unready(f"{PAGE}: {wanted} is marked `{UNFINISHED}': remove that line")
    if not re.search(r"^- ", listed[0][1], re.M):
        raise Unready(f"{PAGE}: the entry for {wanted} lists no change")
    return listed[0][1]


def main():
    """Print the entry of the version in argv."""
    if len(sys.argv) != 2:
        print("usage: changelog.py VERSION", file=sys.stderr)
        return 2
    with open(os.path.join(REPO, PAGE), encoding="utf-8") as f:
        text = f.read()
    try:
        print(entry(sys.argv[1], text))
    except Unready as reason:
        print(f"changelog.py: {reason}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
