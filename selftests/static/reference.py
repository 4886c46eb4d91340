#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Users can look up every name that the tool and the kernel print. Lists in the module
# say what each reason, counter, module parameter and trace point means and what to do.
# docs/reasons.md and sections of naawg(4) are generated from them (--write puts them
# there), and the lists must have what the code has.

import glob
import os
import re
import sys
import textwrap

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), ".."))

from suite import print_findings  # noqa: E402 pylint: disable=wrong-import-position

REPO = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
PAGE = "docs/reasons.md"
MANUAL = "tools/man/naawg.4"
PAGE_MARK = "<!-- From here on: the lists in module/, by make generate. -->\n"
MANUAL_BEGIN = '.\\" From here on: the lists in module/, by make generate.\n'
MANUAL_END = '.\\" The generated part ends here.\n'
WIDTH = 100
# A first sentence is also printed alone, in one line of a terminal.
SHORT_MAX = 125

LISTS = {
    "reason": ("module/core/reason_list.h", "NAAWG_REASON"),
    "counter": ("module/state/counter_list.h", "NAAWG_COUNTER"),
    "parameter": ("module/state/parameter_list.h", "NAAWG_PARAMETER"),
    "trace point": ("module/state/trace_list.h", "NAAWG_TRACE_POINT"),
}
# Commands that look like a name between backquotes.
COMMANDS = {"naawg-quick"}

STRING = r'"((?:[^"\\]|\\.)*)"'


class Entry:
    def __init__(self, kind, args):
        self.kind = kind
        self.symbol = self.values = None
        if kind == "reason":
            self.symbol, self.name, handshake, self.meaning, self.action = args
            self.kind = "handshake reason" if handshake == "true" else "drop reason"
        elif kind == "counter":
            self.symbol, self.name, self.meaning, self.action = args
        elif kind == "parameter":
            self.name, self.values, self.meaning, self.action = args
        else:
            self.name, self.meaning, self.action = args

    def short(self):
        return re.split(r"(?<=[.:]) ", self.meaning)[0]


def read(path):
    with open(os.path.join(REPO, path), encoding="utf-8") as f:
        return f.read()


def without_comments(text):
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


def entries_of(kind):
    path, macro = LISTS[kind]
    call = re.compile(macro + r"\(((?:\s*(?:" + STRING + r"|\w+)\s*,?)*)\)")
    for match in call.finditer(without_comments(read(path))):
        args = [word or string for string, word in
                re.findall(STRING + r"|(\w+)", match.group(1))]
        yield Entry(kind, args)


def sources():
    return {os.path.relpath(path, REPO): without_comments(read(path)) for path in
            sorted(glob.glob(os.path.join(REPO, "module/**/*.[ch]"), recursive=True))
            if not path.endswith(".mod.c")}


# --- what is generated ------------------------------------------------------

SETTING = """\
This sets a parameter until the module is unloaded:

    echo 0 >/sys/module/naawg/parameters/move_after

To keep it, write `options naawg move_after=0` into `/etc/modprobe.d/naawg.conf`. The module reads
that file when it is loaded.
"""
PARTS = [
    ("drop reason", "Drop reasons"),
    ("handshake reason", "Handshake reasons"),
    ("counter", "Counters"),
    ("parameter", "Module parameters"),
    ("trace point", "Trace points"),
]


def wrapped(text):
    """A paragraph of Markdown. Text between backquotes stays on one line."""
    kept = re.sub(r"`[^`]*`", lambda m: m.group(0).replace(" ", "\0"), text)
    return textwrap.fill(kept, WIDTH, break_long_words=False,
                         break_on_hyphens=False).replace("\0", " ")


def page(entries):
    out = [PAGE_MARK]
    for kind, title in PARTS:
        out.append(f"## {title}\n")
        if kind == "parameter":
            out.append(SETTING)
        for e in entries:
            if e.kind == kind:
                out.append(f"### `{e.name}`\n")
                if e.values:
                    out.append(wrapped(f"Values: {e.values}.") + "\n")
                out.append(wrapped(e.meaning) + "\n")
                out.append(wrapped(f"*What to do:* {e.action}") + "\n")
    return "\n".join(out)


def roff(text):
    def bold(match):
        return r"\fB" + match.group(1).replace("-", r"\-") + r"\fR"
    return re.sub(r"`([^`]*)`", bold, text)


def items(entries, kind):
    out = []
    for e in entries:
        if e.kind == kind:
            out += [".TP", f".B {e.name}"]
            if e.values:
                out.append(roff(f"({e.values})") + "\n.br")
            out += [roff(e.meaning), ".IP", r"\fIWhat to do:\fR " + roff(e.action)]
    return out


def manual(entries):
    out = [".SH REASONS", ".SS Dropped packets", *items(entries, "drop reason"),
           ".SS Failed handshakes", *items(entries, "handshake reason"),
           ".SH COUNTERS", *items(entries, "counter"),
           ".SH PARAMETERS",
           "They are in the directory",
           ".IR /sys/module/naawg/parameters ,",
           "where they can be set until the module is unloaded. To keep a value, write a line such as",
           ".B options naawg move_after=0",
           "into",
           ".IR /etc/modprobe.d/naawg.conf .",
           *items(entries, "parameter"),
           ".SH TRACE POINTS",
           "They belong to the subsystem",
           ".B naawg",
           "of the kernel's trace events.",
           *items(entries, "trace point")]
    return "\n".join(out) + "\n"


def generated(entries):
    """Each file with its generated part as it has to be."""
    head = read(PAGE).partition(PAGE_MARK)[0]
    before, _, rest = read(MANUAL).partition(MANUAL_BEGIN)
    after = rest.partition(MANUAL_END)[2]
    return {PAGE: head + page(entries),
            MANUAL: before + MANUAL_BEGIN + manual(entries) + MANUAL_END + after}


# --- checks -----------------------------------------------------------------

def stale(entries):
    for path, text in generated(entries).items():
        if read(path) != text:
            yield f"{path} is out of date: make generate"


def incomplete(entries):
    for kind, (path, macro) in LISTS.items():
        found = len(list(entries_of(kind)))
        calls = len(re.findall(rf"^{macro}\(", without_comments(read(path)), re.M))
        if not found or found != calls:
            yield f"{path}: {found} of {calls} entries can be read"
    for e in entries:
        for what, text in (("meaning", e.meaning), ("what to do", e.action)):
            if not re.fullmatch(r"[A-Z][^\"\\\n]{10,}[.]", text):
                yield f"{e.name}: {what} is no sentence: {text!r}"
            if text.count("`") % 2:
                yield f"{e.name}: {what} has a backquote too many"
        if len(e.short()) > SHORT_MAX:
            yield f"{e.name}: the first sentence has over {SHORT_MAX} characters"


def ambiguous(entries):
    names = [e.name for e in entries]
    for name in sorted(set(names)):
        if names.count(name) > 1:
            yield name


def dangling(entries):
    known = {e.name for e in entries} | COMMANDS
    for e in entries:
        for word in re.findall(r"`([a-z0-9]+(?:[-_][a-z0-9]+)+)`", e.meaning + e.action):
            if word not in known:
                yield f"{e.name}: {word}"


def differing(code, entries):
    """Parameters and trace points of the code against those of the lists."""
    everything = "\n".join(code.values())
    described = dict(re.findall(r"MODULE_PARM_DESC\((\w+),\s*" + STRING + r"\)", everything))
    wanted = {e.name: e.meaning for e in entries if e.kind == "parameter"}
    for name in sorted(described.keys() ^ wanted.keys()):
        yield f"parameter {name} is in the code or in the list only"
    for name in sorted(described.keys() & wanted.keys()):
        if described[name] != wanted[name]:
            yield f"MODULE_PARM_DESC({name}) differs from the list"
    for name in re.findall(r"\bmodule_param(?:_named|_cb)?\((\w+)", everything):
        if name not in described:
            yield f"parameter {name} has no MODULE_PARM_DESC()"
    points = set(re.findall(r"\bDEFINE_EVENT\(\w+,\s*(\w+)", everything))
    listed = {e.name for e in entries if e.kind == "trace point"}
    for name in sorted(points ^ listed):
        yield f"trace point {name} is in the code or in the list only"


def unused(code, entries):
    everything = "\n".join(code.values())
    for e in entries:
        if e.symbol:
            symbol = f"NAAWG_{'C' if e.kind == 'counter' else 'R'}_{e.symbol}"
            if not re.search(rf"\b{symbol}\b", everything):
                yield f"{symbol}: {e.name}"


def main():
    entries = [e for kind in LISTS for e in entries_of(kind)]
    if sys.argv[1:] == ["--write"]:
        for path, text in generated(entries).items():
            if read(path) != text:
                with open(os.path.join(REPO, path), "w", encoding="utf-8") as f:
                    f.write(text)
        return 0
    code = sources()
    tests = [
        ("the page and the manual are what the lists give", stale(entries)),
        ("every name has a meaning and something to do", incomplete(entries)),
        ("no name stands for two things", ambiguous(entries)),
        ("names that texts refer to exist", dangling(entries)),
        ("parameters and trace points are those of the code", differing(code, entries)),
        ("every reason and every counter is used", unused(code, entries)),
    ]
    return print_findings(tests)


sys.exit(main())
