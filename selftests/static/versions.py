#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# The version is semantic and in one place, docs/changelog.md has an entry for it, and
# docs/compat.md has the versions of interfaces. The address for reports is in one place.

import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.dont_write_bytecode = True
sys.path[:0] = [os.path.join(HERE, ".."), os.path.join(HERE, "../../tools/release")]

import changelog  # noqa: E402 pylint: disable=wrong-import-position
from suite import print_findings  # noqa: E402 pylint: disable=wrong-import-position

REPO = changelog.REPO
ADDRESS = "tools/packaging/maintainer"
# Kinds of changes, as Keep a Changelog names them.
KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
SAMPLE = "# C\n\n## 1.1.0\n\n- new\n\n## 1.0.0\n\n- old\n"


def read(path):
    """The text of a file of the tree."""
    with open(os.path.join(REPO, path), encoding="utf-8") as f:
        return f.read()


def order(name):
    """A key that sorts versions: a pre-release comes before its release."""
    *numbers, before = changelog.SEMANTIC.fullmatch(name).groups()
    return [int(n) for n in numbers], before is None, before or ""


def wrong_page(text):
    """Faults of the changelog's form."""
    listed = changelog.entries(text)
    names = [name for name, _ in listed]
    for name, body in listed:
        if not changelog.SEMANTIC.fullmatch(name):
            yield f"{changelog.PAGE}: {name} is no semantic version"
            return
        for kind in re.findall(r"^### +(.+)$", body, re.M):
            if kind not in KINDS:
                yield f"{changelog.PAGE}: {name}: {kind} is none of {', '.join(sorted(KINDS))}"
    if sorted(names, key=order, reverse=True) != names:
        yield f"{changelog.PAGE}: the newest version does not come first"
    if "0.1.0" not in names:
        yield f"{changelog.PAGE}: no entry for 0.1.0"


def wrong_version():
    """Faults of the version of the tree."""
    version = changelog.version()
    if not changelog.SEMANTIC.fullmatch(version):
        yield f"dkms.conf: {version} is no semantic version"
    newest = changelog.entries(read(changelog.PAGE))[0][0]
    if newest != version:
        yield f"dkms.conf has {version}, the newest entry of {changelog.PAGE} is {newest}"


def refusals():
    """A release is refused for each fault of the changelog."""
    cases = [("1.1.0", SAMPLE, None), ("1.2.0", SAMPLE, "no entry"),
             ("1.0.0", SAMPLE, "the newest entry"),
             ("1.1.0", SAMPLE.replace("- new", "words"), "lists no change"),
             ("1.1.0", SAMPLE.replace("- new", "Not released yet.\n\n- new"), "is marked")]
    for version, text, wanted in cases:
        try:
            changelog.entry(version, text)
            said = None
        except changelog.Unready as reason:
            said = str(reason)
        if (wanted is None) != (said is None) or wanted and wanted not in said:
            yield f"{version}: {said}, wanted {wanted}"


def copies_of_address():
    """Files besides ADDRESS that repeat the address."""
    address = re.search(r"<(.+)>", read(ADDRESS)).group(1)
    # Commits may bear the same address, so only files are searched.
    run = subprocess.run(["git", "-c", "safe.directory=*", "-C", REPO, "grep", "-lF", address],
                         capture_output=True, text=True, check=False)
    return [path for path in run.stdout.split() if path != ADDRESS]


def wrong_interfaces():
    """Versions that docs/compat.md has and the sources have not."""
    page = read("docs/compat.md")
    family = re.search(r"#define NAAWG_FAMILY_VERSION\s+(\d+)", read("module/uapi/naawg.h"))
    collection = re.search(r"^version: (\S+)", read("tools/ansible/galaxy.yml"), re.M).group(1)
    for row in (f"| netlink family `naawg` | {family.group(1)} |",
                f"| collection `naawg.naawg` | {collection} |"):
        if row not in page:
            yield f"docs/compat.md has no line that begins with: {row}"
    if f"  {collection}:" not in read("tools/ansible/changelogs/changelog.yaml"):
        yield f"tools/ansible/changelogs/changelog.yaml has no entry for {collection}"


sys.exit(print_findings([
    ("the version is semantic, and the newest entry of the changelog", list(wrong_version())),
    ("the changelog has its form", list(wrong_page(read(changelog.PAGE)))),
    ("a release with an unready changelog is refused", list(refusals())),
    ("docs/compat.md has the versions of the interfaces", list(wrong_interfaces())),
    ("the address for reports is in one place", copies_of_address()),
]))
