#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# A file is one idea: .c files have at most 500 lines, and functions at most 60.

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), ".."))

from suite import print_findings  # noqa: E402 pylint: disable=wrong-import-position

REPO = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
FILE_LIMIT = 500
FUNCTION_LIMIT = 60
# Written by a generator, not by a person.
GENERATED = {"module/ctl/netlink_gen.c"}


def sources():
    for part in ("module", "tools", "selftests"):
        for top, dirs, names in os.walk(os.path.join(REPO, part)):
            dirs[:] = sorted(d for d in dirs if d != "out")
            for name in sorted(names):
                path = os.path.relpath(os.path.join(top, name), REPO)
                if name.endswith(".c") and not name.endswith(".mod.c") \
                        and path not in GENERATED:
                    yield path


def functions(lines):
    """Name, first line and length, by the braces in the first column."""
    start = head = None
    for n, line in enumerate(lines, 1):
        if line == "{" and head:
            start = n
        elif line == "}" and start:
            yield head, start, n - start + 1
            start = head = None
        elif start is None:
            match = re.match(r"[A-Za-z_][\w\s*]*?\b(\w+)\s*\(", line)
            if match:
                head = match.group(1)


def main():
    long_files, long_functions, count, lengths = [], [], 0, []
    for path in sources():
        with open(os.path.join(REPO, path), encoding="utf-8") as f:
            lines = f.read().splitlines()
        count += 1
        if len(lines) > FILE_LIMIT:
            long_files.append(f"{path}: {len(lines)} lines")
        for name, line, length in functions(lines):
            lengths.append(length)
            if length > FUNCTION_LIMIT:
                long_functions.append(f"{path}:{line}: {name}: {length} lines")
    status = print_findings([
        (f".c files have at most {FILE_LIMIT} lines", long_files),
        (f"functions have at most {FUNCTION_LIMIT} lines", long_functions)])
    if lengths:
        lengths.sort()
        print(f"# {count} files, {len(lengths)} functions, median "
              f"{lengths[len(lengths) // 2]} lines, "
              f"{len(long_functions)} over {FUNCTION_LIMIT}")
    return status


sys.exit(main())
