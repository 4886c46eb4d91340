# SPDX-License-Identifier: GPL-2.0
"""The licence of each file: its SPDX line, and the rules of tools/packaging/debian/copyright."""

import fnmatch
import os
import re
import subprocess

REPO = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
RULES = "tools/packaging/debian/copyright"
TAG = re.compile(rb"SPDX-License-Identifier:[ \t]*([^\r\n]*)")
# SPDX's names of the licences, by the names of Debian's form.
SPDX = {
    "GPL-2": "GPL-2.0-only",
    "GPL-2+": "GPL-2.0-or-later",
    "GPL-2 with Linux-syscall-note exception or BSD-3-clause":
        "(GPL-2.0-only WITH Linux-syscall-note) OR BSD-3-Clause",
}
# Names that SPDX replaced, and the kernel still uses.
OLDER = {"GPL-2.0": "GPL-2.0-only", "GPL-2.0+": "GPL-2.0-or-later"}


def files(repo=REPO):
    """The paths of all files that git knows, or None if this is no checkout."""
    run = subprocess.run(["git", "-c", "safe.directory=*", "-C", repo, "ls-files", "-z"],
                         capture_output=True, check=False)
    if run.returncode != 0:
        return None
    return sorted(path.decode() for path in run.stdout.split(b"\0") if path)


def stanzas(text):
    """The paragraphs of the copyright file, as dictionaries."""
    for block in re.split(r"\n[ \t]*\n", text.strip()):
        fields, name = {}, None
        for line in block.split("\n"):
            if line[:1].isspace():
                fields[name] += "\n" + line
            else:
                name, _, value = line.partition(":")
                fields[name] = value.strip()
        yield fields


def rules(repo=REPO):
    """The pairs of patterns and licence, in the order of the file."""
    with open(os.path.join(repo, RULES), encoding="utf-8") as f:
        parts = list(stanzas(f.read()))
    return [(part["Files"].split(), part["License"].split("\n")[0])
            for part in parts if "Files" in part]


def header(path, repo=REPO):
    """The expression in the SPDX line among the first lines of a file, or None."""
    with open(os.path.join(repo, path), "rb") as f:
        top = b"\n".join(f.read(4096).split(b"\n")[:12])
    match = TAG.search(top)
    if not match:
        return None
    text = match.group(1).decode("utf-8", "replace")
    text = re.sub(r"\s*(\*/|-->|#\}|\"|\\n).*$", "", text).strip()
    # One pair of parentheses around the whole changes nothing.
    if text.startswith("((") and text.endswith(")"):
        text = text[1:-1]
    return re.sub(r"GPL-2\.0(\+|(?![-.\w]))", lambda m: OLDER[m.group(0)], text)


def ruled(path, listed):
    """The licence by the last rule that matches, and whether one names the file itself."""
    licence, named = None, False
    for patterns, terms in listed:
        for pattern in patterns:
            if fnmatch.fnmatchcase(path, pattern):
                licence, named = terms, named or pattern not in ("*", "tools/ansible/*")
    return licence, named


def licence(path, listed, repo=REPO):
    """The SPDX expression of a file."""
    return header(path, repo) or SPDX[ruled(path, listed)[0]]
