#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# docs/architecture.md has the rooms of module/: the rows of floors.py, and each file
# with the first sentence of its first comment. --write puts the tables into the page.

import ast
import glob
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), ".."))

from suite import print_findings  # noqa: E402 pylint: disable=wrong-import-position

REPO = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
PAGE = "docs/architecture.md"
PURPOSES = {
    "": "load and unload", "ctl": "netlink, links, membership", "rx": "the way in",
    "tx": "the way out, and actions of timers", "handshake": "handshakes, notifications",
    "nat": "port forwards", "outer": "UDP sockets, outer packets",
    "state": "objects and lifetimes", "core": "pure: bytes in, bytes out",
    "table": "lookups", "uapi": "contract with user space",
    "compat": "shims for older kernels",
}


def read(path):
    with open(os.path.join(REPO, path), encoding="utf-8") as f:
        return f.read()


def rows():
    """The floors, from the script that enforces them."""
    for node in ast.parse(read("selftests/static/floors.py")).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "ROWS":
            return ast.literal_eval(node.value)
    raise SystemExit("floors.py has no ROWS")


def idea(path):
    """The first sentence of a file's first comment behind the SPDX line."""
    match = re.search(r"/\*(.*?)\*/", read(path).split("\n", 1)[1], re.S)
    text = " ".join(re.sub(r"^\s*\*", "", line).strip()
                    for line in match.group(1).split("\n")) if match else ""
    return re.split(r"(?<=[.!?])\s", text.strip())[0].rstrip(".").replace("|", "\\|")


def floors_table():
    out = ["| directory | files, from the top down | purpose |", "|---|---|---|"]
    for row, places in rows():
        chain = " > ".join(", ".join(place.split()) for place in places)
        name = f"`{row}/`" if row else "`main.c`"
        out.append(f"| {name} | {chain if row else ''} | {PURPOSES[row]} |")
    return "\n".join(out) + "\n"


def files_table():
    out = ["| file | idea |", "|---|---|"]
    for row, _ in rows():
        if row in ("compat", "uapi"):
            continue
        for path in sorted(glob.glob(os.path.join("module", row, "*.c"), root_dir=REPO)):
            if not path.endswith(".mod.c") and not path.endswith("_gen.c"):
                out.append(f"| `{path.removeprefix('module/')}` | {idea(path)} |")
    return "\n".join(out) + "\n"


SECTIONS = {"floors": floors_table, "files": files_table}


def marks(name):
    return f"<!-- {name}: by selftests/static/rooms.py --write -->\n", f"<!-- {name} end -->"


def with_tables(page):
    for name, table in SECTIONS.items():
        begin, end = marks(name)
        if begin not in page or end not in page:
            raise SystemExit(f"{PAGE} has no place for {name}")
        head, rest = page.split(begin, 1)
        page = head + begin + table() + end + rest.split(end, 1)[1]
    return page


def silent_files():
    for row, _ in rows():
        for path in sorted(glob.glob(os.path.join("module", row, "*.c"), root_dir=REPO)):
            if not path.endswith((".mod.c", "_gen.c")) and not idea(path):
                yield f"{path} does not begin with a comment"


def main():
    page = read(PAGE)
    if sys.argv[1:] == ["--write"]:
        with open(os.path.join(REPO, PAGE), "w", encoding="utf-8") as f:
            f.write(with_tables(page))
        return 0
    stale = [] if with_tables(page) == page else [f"{PAGE}: run rooms.py --write"]
    tests = [("the tables of rooms and files are up to date", stale),
             ("every file of the module begins with its idea", list(silent_files()))]
    return print_findings(tests)


sys.exit(main())
