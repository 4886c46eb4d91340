#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# The floors of tools/ansible/plugins: modules import from the libraries for hosts, filters and
# actions from those for the controller, and a library only from libraries further right in its
# table. So a host never gets code that reads the vault.

import ast
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), ".."))

from suite import print_findings  # noqa: E402 pylint: disable=wrong-import-position

# The files of module_utils; those in one place know nothing of each other.
HOST = ["tunnel_state", "sessions conf_file managers audit", "tool forwards"]
CONTROLLER = ["rotation findings revoked", "fleet running vault_file routing",
              "checks", "keys overlaps variables backup"]
USERS = {"modules": HOST, "filter": CONTROLLER, "action": CONTROLLER}

PLUGINS = os.path.realpath(os.path.join(os.path.dirname(__file__), "../../tools/ansible/plugins"))
OURS = "ansible_collections.naawg.naawg.plugins."


def places(table):
    """The place of each library of a table."""
    return {stem: n for n, place in enumerate(table) for stem in place.split()}


def imported(path):
    """Pairs of a line and a name below plugins/, as `module_utils.keys`."""
    with open(path, encoding="utf-8") as file:
        tree = ast.parse(file.read())
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            # In `from .module_utils import keys`, keys is the file.
            base = "." * node.level + (node.module or "")
            names = [f"{base}.{alias.name}" for alias in node.names]
        for name in names:
            if name.startswith("."):
                yield node.lineno, name
            elif name.startswith(OURS):
                yield node.lineno, ".".join(name[len(OURS):].split(".")[:2])


def why_not(directory, stem, name):
    """Why that file must not import NAME, or None."""
    kind, _, library = name.partition(".")
    if kind != "module_utils":
        return "is not in module_utils, or is a relative name"
    table = places(USERS.get(directory) or (HOST if stem in places(HOST) else CONTROLLER))
    if library not in table:
        return "is for the other side"
    if directory == "module_utils" and table[library] <= table.get(stem, -1):
        return "stands to the left, or in the same place"
    return None


def main():
    """Compare all imports with the tables."""
    known = {**places(HOST), **places(CONTROLLER)}
    strays, wrong = [], []
    for directory in ["module_utils", *USERS]:
        for name in sorted(os.listdir(os.path.join(PLUGINS, directory))):
            stem, suffix = os.path.splitext(name)
            if suffix != ".py":
                continue
            if directory == "module_utils" and stem not in known:
                strays.append(f"{directory}/{name} is in no table")
            for line, used in imported(os.path.join(PLUGINS, directory, name)):
                why = why_not(directory, stem, used)
                if why:
                    wrong.append(f"{directory}/{name}:{line}: {used} {why}")
    gone = [f"module_utils/{stem}.py does not exist" for stem in known
            if not os.path.exists(os.path.join(PLUGINS, "module_utils", stem + ".py"))]
    return print_findings([
        ("every library of the collection has a place", strays + gone),
        ("imports of the collection go right, on their side", wrong)])


sys.exit(main())
