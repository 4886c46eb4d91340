#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Holds what a module imports against what kernels export.

    exports.py proxmox MODULE.ko   against the lists of Proxmox' kernels
    exports.py vanilla MODULE.ko FILE
                                   against a source's lines with EXPORT_SYMBOL

A module built for another kernel imports other helpers of that kernel's headers.
So the question is only where those functions are that our code names itself, or what
stands for them (exports/other_names). Prints what is missing, one line each."""

import lzma
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODULE = HERE.parent.parent / "module"

# Looked up as the module is built, and not used where it is missing.
PROBED = {"task_work_add"}
# Exported by macros that a search for the name does not find.
BY_MACRO = re.compile(r"netdev_(warn|err|info|notice)$")
EXPORT = re.compile(r"\bEXPORT_[A-Z0-9_]+\(\s*([\w# ]+?)\s*[,)]")


def imports(module):
    """Names of the kernel; naawg exports the others that naawg_wireguard imports."""
    said = subprocess.run(["readelf", "-sW", module], check=True, capture_output=True,
                          text=True).stdout
    return set(re.findall(r" UND (?!naawg_)(\w+)$", said, flags=re.M))


def named():
    """Every word of our own code."""
    words = set()
    for file in MODULE.rglob("*.[ch]"):
        if not file.name.endswith(".mod.c"):
            text = re.sub(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"', " ",
                          file.read_text(), flags=re.S)
            words.update(re.findall(r"\w+", text))
    return words


def proxmox():
    """Names by kernel. The lists say once which kernels the names below are in."""
    exported, now = {}, []
    with lzma.open(HERE / "exports/proxmox.txt.xz", "rt") as lines:
        for line in lines:
            if line.startswith("#"):
                now = [exported.setdefault(name, set()) for name in line[1:].split()]
            else:
                for names in now:
                    names.add(line.strip())
    return exported


def other_names():
    known = {}
    for line in (HERE / "exports/other_names").read_text().splitlines():
        if line and not line.startswith("#"):
            name, *others = line.split()
            known[name] = [] if others == ["inline"] else others
    return known


def against_proxmox(module):
    others, ours = other_names(), imports(module) & named()
    for kernel, exported in sorted(proxmox().items()):
        for name in sorted(ours - exported):
            if name not in others:
                yield f"{kernel} does not export {name}"
            else:
                yield from (f"{kernel} exports neither {name} nor {other}"
                            for other in others[name] if other not in exported)


def against_vanilla(module, lines):
    names, patterns = set(), []
    for line in Path(lines).read_text(errors="replace").splitlines():
        for name in EXPORT.findall(line):
            if "#" in name:
                name = re.sub(r"\s*##\s*\w+", r"\\w+", name)
                patterns.append(re.sub(r"^\w+\s*##\s*", r"\\w+", name))
            else:
                names.add(name)
    # a name that is all a macro's argument says nothing
    any_of = re.compile("|".join(p for p in patterns if re.match(r"\w{4}", p)) or r"$^")
    for name in sorted((imports(module) & named()) - names):
        if not BY_MACRO.match(name) and not any_of.fullmatch(name):
            yield f"this source does not export {name}"


def main():
    if sys.argv[1] == "proxmox":
        missing = against_proxmox(sys.argv[2])
    else:
        missing = against_vanilla(sys.argv[2], sys.argv[3])
    for line in missing:
        if line.split()[-1] not in PROBED or "--strict" in sys.argv:
            print(line)


main()
