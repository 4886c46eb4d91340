#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# docs/architecture.md has the rooms of module/: the rows of floors.py, and each file
# with the first sentence of its first comment. docs/tool.md has the files of tools/
# likewise. --write puts the tables into the pages.

import ast
import glob
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), ".."))

from suite import print_findings  # noqa: E402 pylint: disable=wrong-import-position

REPO = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
PURPOSES = {
    "": "load and unload", "wireguard": "the names of the stock driver, another module",
    "ctl": "netlink, links, membership", "rx": "the way in",
    "simd": "vector code that seals and opens runs of messages",
    "tx": "the way out, and actions of timers", "handshake": "handshakes, notifications",
    "nat": "port forwards", "outer": "UDP sockets, outer packets",
    "state": "objects and lifetimes", "core": "pure: bytes in, bytes out",
    "table": "lookups", "uapi": "contract with user space",
    "compat": "shims for older kernels",
}


def read(path):
    with open(os.path.join(REPO, path), encoding="utf-8") as f:
        return f.read()


def rows(name="ROWS"):
    """The floors, from the script that enforces them."""
    for node in ast.parse(read("selftests/static/floors.py")).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == name:
            return ast.literal_eval(node.value)
    raise SystemExit(f"floors.py has no {name}")


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


def files(tree, name):
    for row, _ in rows(name):
        for path in sorted(glob.glob(os.path.join(tree, row, "*.c"), root_dir=REPO)):
            if row not in ("compat", "uapi") and not path.endswith((".mod.c", "_gen.c")):
                yield path


def files_table(tree, name):
    out = ["| file | idea |", "|---|---|"]
    for path in files(tree, name):
        out.append(f"| `{path.removeprefix(tree + '/')}` | {idea(path)} |")
    return "\n".join(out) + "\n"


PAGES = {
    "docs/architecture.md": {"floors": floors_table,
                             "files": lambda: files_table("module", "ROWS")},
    "docs/tool.md": {"files": lambda: files_table("tools", "TOOL_ROWS")},
}


def marks(name):
    return f"<!-- {name}: by selftests/static/rooms.py --write -->\n", f"<!-- {name} end -->"


def with_tables(path):
    page = read(path)
    for name, table in PAGES[path].items():
        begin, end = marks(name)
        if begin not in page or end not in page:
            raise SystemExit(f"{path} has no place for {name}")
        head, rest = page.split(begin, 1)
        page = head + begin + table() + end + rest.split(end, 1)[1]
    return page


def silent_files():
    for path in [*files("module", "ROWS"), *files("tools", "TOOL_ROWS")]:
        if not idea(path):
            yield f"{path} does not begin with a comment"


def main():
    if sys.argv[1:] == ["--write"]:
        for path in PAGES:
            text = with_tables(path)
            with open(os.path.join(REPO, path), "w", encoding="utf-8") as f:
                f.write(text)
        return 0
    stale = [f"{path}: run rooms.py --write" for path in PAGES
             if with_tables(path) != read(path)]
    tests = [("the tables of rooms and files are up to date", stale),
             ("every file of the module and the tool begins with its idea", list(silent_files()))]
    return print_findings(tests)


sys.exit(main())
