#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# A stack trace, perf and kprobes show a static function by its name alone. So no
# two functions of the module share a name, and a function that the kernel calls
# by its address (ndo, NAPI, work, timer, netfilter hook, notifier) starts with
# naawg_.

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), ".."))

from suite import print_findings  # noqa: E402 pylint: disable=wrong-import-position

REPO = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
MODULE = os.path.join(REPO, "module")
# compat/ replaces functions of the kernel under the kernel's own names. The self
# tests of a debug build run once, when the module is loaded.
# hooks_absent.c stands in for hooks.c where the kernel has no NAT.
OTHERS = ("compat" + os.sep, "core/selftest.c", "table/selftest.c", "nat/hooks_absent.c")

DEFINITION = re.compile(
    r"^(?!typedef|struct\s+\w+\s*\{|enum|union|#)"
    r"[A-Za-z_][\w\s*]*?\b(\w+)\s*\([^;{}]*\)[\w\s()]*\n\{", re.M)


def code(path):
    """The text without comments and strings."""
    with open(os.path.join(MODULE, path), encoding="utf-8") as f:
        return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', " ", f.read(), flags=re.S)


def sources():
    for top, dirs, names in os.walk(MODULE):
        dirs.sort()
        for name in sorted(names):
            path = os.path.relpath(os.path.join(top, name), MODULE)
            if name.endswith(".c") and not name.endswith(".mod.c") and \
                    not path.startswith(OTHERS):
                yield path


def main():
    places, callbacks = {}, []
    for path in sources():
        text = code(path)
        # A file may define a function twice, for two configurations.
        for name in sorted(set(DEFINITION.findall(text))):
            places.setdefault(name, []).append(path)
            taken = re.search(rf"\b{name}\b(?!\s*\()(?!\w)", text)
            if taken and not name.startswith("naawg_"):
                callbacks.append(f"module/{path}: {name}")
    shared = [f"{name}: {', '.join('module/' + p for p in paths)}"
              for name, paths in sorted(places.items()) if len(paths) > 1]
    tests = [
        ("each function of the module has a name of its own", shared),
        ("functions that the kernel calls by address start with naawg_", callbacks),
    ]
    return print_findings(tests)


sys.exit(main())
