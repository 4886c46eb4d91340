#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Every file has a licence: an SPDX line, or a rule of tools/packaging/debian/copyright that
# names it. Both agree, no rule is without a file, and each licence has its text.

import fnmatch
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
sys.dont_write_bytecode = True
sys.path[:0] = [os.path.join(HERE, ".."), os.path.join(HERE, "../../tools/release")]

import licences  # noqa: E402 pylint: disable=wrong-import-position
from suite import print_findings  # noqa: E402 pylint: disable=wrong-import-position


def unlicensed(paths, rules):
    """Files with neither a line nor a rule of their own."""
    for path in paths:
        if not licences.header(path) and not licences.ruled(path, rules)[1]:
            yield f"{path}: no SPDX line, and no rule in {licences.RULES} names it"


def contradictions(paths, rules):
    """Files whose line says something else than the rules."""
    for path in paths:
        line = licences.header(path)
        rule = licences.SPDX.get(licences.ruled(path, rules)[0])
        if line and line != rule:
            yield f"{path}: its SPDX line has {line}, {licences.RULES} has {rule}"


def idle(paths, rules):
    """Patterns that name no file."""
    for patterns, _ in rules:
        for pattern in patterns:
            if not fnmatch.filter(paths, pattern):
                yield f"{licences.RULES}: {pattern} matches no file"


def textless(rules):
    """Licences whose text the copyright file lacks."""
    with open(os.path.join(licences.REPO, licences.RULES), encoding="utf-8") as f:
        texts = {part["License"].partition("\n")[0]: part["License"].partition("\n")[2]
                 for part in licences.stanzas(f.read()) if "Files" not in part
                 and "License" in part}
    for _, terms in rules:
        for term in terms.split(" or "):
            if not texts.get(term):
                yield f"{licences.RULES}: no text of {term}"


def examples():
    """Headers of all shapes are read right."""
    cases = [("// SPDX-License-Identifier: GPL-2.0\n", "GPL-2.0-only"),
             ("/* SPDX-License-Identifier: GPL-2.0 */\n", "GPL-2.0-only"),
             ("<!-- SPDX-License-Identifier: GPL-2.0+ -->\n", "GPL-2.0-or-later"),
             ("# SPDX-License-Identifier: GPL-2.0-or-later\n", "GPL-2.0-or-later"),
             ("/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR "
              "BSD-3-Clause) */\n", "(GPL-2.0-only WITH Linux-syscall-note) OR BSD-3-Clause"),
             ("plain text\n", None), ("\n" * 40 + "# SPDX-License-Identifier: MIT\n", None)]
    with tempfile.TemporaryDirectory() as tmp:
        for text, wanted in cases:
            with open(os.path.join(tmp, "file"), "w", encoding="utf-8") as f:
                f.write(text)
            got = licences.header("file", tmp)
            if got != wanted:
                yield f"got {got} for {text!r}, wanted {wanted}"


def main():
    """Print the findings."""
    paths = licences.files()
    if paths is None:
        print("1..0 # SKIP this tree has no history of its own")
        return 4
    rules = licences.rules()
    return print_findings([
        ("SPDX lines are read right", list(examples())),
        ("every file has a licence", list(unlicensed(paths, rules))),
        ("SPDX lines and rules agree", list(contradictions(paths, rules))),
        ("every rule names a file", list(idle(paths, rules))),
        ("every licence has its text", list(textless(rules))),
    ])


sys.exit(main())
