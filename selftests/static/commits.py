#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Commits since the rule began: the subject is "naawg: AREA: VERB ...", imperative,
# and the committer signed off. AREA is a part of the tree, as in docs/conventions.md.

import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), ".."))

from suite import print_findings  # noqa: E402 pylint: disable=wrong-import-position

REPO = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
# The last commit that need not keep the rule.
BASE = "dcd5dc5147e277611f22a73d904c14f29a2b6b7a"
PARTS = {"build", "ci", "static", "comments",
         "wireguard", "rx", "simd", "tx", "handshake", "outer", "ctl", "nat", "state", "core", "table",
         "compat", "uapi", "flow", "quick", "container", "packaging", "man"}
# The collection is named without tools/ in front.
TREES = {"module", "tools", "selftests", "docs", "ansible"}
# Words that look like verbs to the rule below and are none, and the other way round.
NO_VERBS = set("""a an the no not two three four one some all any each every what who
    which whose that this these those it its there here when where while if as how why
    new old more less only our their with without for from to of in on at by and or but
    is are was were be been has have had does did do's can could may might must shall
    should will would""".split())
VERBS = set("""embed exceed feed need proceed seed shed speed succeed bring ping ring
    string address alias bypass compress cross discuss dismiss express focus guess
    pass press process stress toss miss""".split())


def area_is_known(area):
    """A part, or a path below a tree: rx, tools/container, selftests/net."""
    return area in PARTS or area.split("/")[0] in TREES


def wrong_subject(subject):
    """The fault of a subject, or None."""
    match = re.fullmatch(r"naawg: ([a-z0-9/._-]+(?:, [a-z0-9/._-]+)*): (\S+) (.+)", subject)
    if not match:
        return "is not `naawg: AREA: VERB ...'"
    for area in match.group(1).split(", "):
        if not area_is_known(area):
            return f"names no part of the tree: {area}"
    verb = match.group(2).rstrip(",")
    if verb in VERBS:
        return None
    if not re.fullmatch(r"[a-z]+(?:-[a-z]+)*", verb) or verb in NO_VERBS or \
            re.search(r"(?:ed|ing|s)$", verb):
        return f"does not begin with an imperative: {verb}"
    if subject.endswith("."):
        return "ends with a full stop"
    return None


def git(*args):
    # The checkout may be somebody else's.
    run = subprocess.run(["git", "-c", "safe.directory=*", "-C", REPO, *args],
                         capture_output=True, text=True, check=False)
    return run.stdout if run.returncode == 0 else None


def examples():
    good = ["naawg: tx: hold packets until the call returns",
            "naawg: tools/container, docs: add an example", "naawg: docs: address readers",
            "naawg: ansible/docker: start, stop and remove containers"]
    bad = ["naawg: doors: hold packets", "tx: hold packets", "naawg: tx: holds packets",
           "naawg: tx: holding packets", "naawg: tx: held", "naawg: tx: the packets wait",
           "naawg: tx: Hold packets", "naawg: two lanes", "naawg: tx: hold packets."]
    for subject in good:
        if wrong_subject(subject):
            yield f"is refused: {subject}"
    for subject in bad:
        if not wrong_subject(subject):
            yield f"passes: {subject}"


def main():
    try:
        inside = git("rev-parse", "--show-toplevel")
    except FileNotFoundError:
        print("1..0 # SKIP git is not installed")
        return 4
    if inside is None or os.path.realpath(inside.strip()) != REPO:
        print("1..0 # SKIP this tree has no history of its own")
        return 4
    if git("merge-base", "--is-ancestor", BASE, "HEAD") is None:
        print("1..0 # SKIP the history does not go back to where the rule begins")
        return 4
    subjects, unsigned, count = [], [], 0
    for entry in git("log", "--no-merges", "--format=%h%x00%ce%x00%s%x00%B%x01",
                     f"{BASE}..HEAD").split("\x01"):
        if not entry.strip():
            continue
        commit, email, subject, body = entry.strip().split("\0")
        count += 1
        why = wrong_subject(subject)
        if why:
            subjects.append(f"{commit} {why}: {subject}")
        if not re.search(rf"^Signed-off-by: .*<{re.escape(email)}>$", body, re.M):
            unsigned.append(f"{commit} {subject}")
    tests = [("the examples are judged right", list(examples())),
             ("subjects are `naawg: AREA: VERB ...'", subjects),
             ("committers signed off", unsigned)]
    status = print_findings(tests)
    print(f"# {count} commits")
    return status


sys.exit(main())
