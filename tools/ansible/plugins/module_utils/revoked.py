# SPDX-License-Identifier: GPL-2.0-or-later
"""The list of revoked hosts, devices and public keys, and the file that has it."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import json
import re

from ansible_collections.naawg.naawg.plugins.module_utils import keys
from ansible_collections.naawg.naawg.plugins.module_utils.variables import FleetProblem
from ansible_collections.naawg.naawg.plugins.module_utils.vault_file import Text, write_file

VARIABLE = "naawg_revoked"
START = """---
# Hosts, devices and public keys that no host configures any more.
"""
PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9]*[-._][A-Za-z0-9._-]*[A-Za-z0-9]")


def named_keys(fleet):
    """Names of all hosts and devices, each with its public keys as far as they are known."""
    found = {}
    for host in fleet.variables.hosts():
        if not (fleet.variables.get(host, "naawg_interfaces")
                or fleet.variables.get(host, "docker_compose_profile")):
            continue
        public = found.setdefault(host, [])
        for interface in fleet.interfaces(host):
            if fleet.find_private_key(interface)[1]:
                public.append(fleet.public_key(interface))
            for peer in fleet.listed_peers(interface):
                if not peer.other:
                    known = found.setdefault(peer.name, [])
                    known += [key for key in [fleet.peer_public_key(peer)] if key not in known]
    return found


def items_for(fleet, names, present):
    """Items for the list: each name, and the public keys behind it."""
    known = named_keys(fleet)
    items = []
    for name in names:
        if name not in known and name not in present and not keys.is_key(name):
            raise FleetProblem("no host and no device is called %s. Known names: %s"
                               % (name, ", ".join(sorted(known))))
        items += [item for item in [name] + known.get(name, []) if item not in items]
    return items


class RevokedFile:
    """A file with the list; its comments and other variables stay."""

    def __init__(self, path):
        self.path = path
        try:
            with open(path, "rb") as stream:
                self.before = stream.read()
        except FileNotFoundError:
            self.before = None
        try:
            text = START if self.before is None else self.before.decode("utf-8")
        except UnicodeDecodeError:
            raise FleetProblem("%s: this file is not in UTF-8" % path) from None
        if text.startswith("$ANSIBLE_VAULT"):
            raise FleetProblem("%s: this file has no secret and must not be encrypted. Run: "
                               "ansible-vault decrypt %s" % (path, path))
        self.file = Text(text, path)

    def items(self):
        """The list."""
        listed = self.file.values.get(VARIABLE) or []
        if not isinstance(listed, list):
            raise FleetProblem("%s: %s must be a list" % (self.path, VARIABLE))
        return [str(item) for item in listed]

    def add(self, items):
        """Append items. Returns those that were not there."""
        present = self.items()
        new = [item for item in items if item not in present]
        if not new:
            return []
        if VARIABLE not in self.file:
            self.file.append([(VARIABLE, _lines(new, "  "))])
            return new
        node = self.file.nodes[VARIABLE][1]
        expected = dict(self.file.values)
        expected[VARIABLE] = present + new
        text = self.file.text
        if present and not node.flow_style:
            last = node.value[-1]
            indent = text[text.rfind("\n", 0, last.start_mark.index) + 1:].split("-")[0]
            end = text.find("\n", last.end_mark.index)
            end = len(text) if end < 0 else end
            self.file.splice(end, end, _lines(new, indent), expected)
        else:
            start = text.index(":", self.file.nodes[VARIABLE][0].end_mark.index) + 1
            self.file.splice(start, node.end_mark.index, _lines(present + new, "  "), expected)
        return new

    def save(self):
        """Write the file in one step."""
        write_file(self.path, self.file.text.encode("utf-8"), self.before, 0o644)


def _lines(items, indent):
    """Items of a list in YAML, each on its line."""
    return "".join("\n%s- %s" % (indent, item if PLAIN.fullmatch(item) else json.dumps(item))
                   for item in items)
