#!/usr/bin/python
# SPDX-License-Identifier: GPL-2.0-or-later
"""Ansible module: port forwards of a naawg interface."""
from __future__ import absolute_import, division, print_function
__metaclass__ = type

DOCUMENTATION = r"""
---
module: naawg_forward
short_description: Add and remove port forwards of a naawg interface
version_added: 1.0.0
description:
  - Changes the forwards of the running interface and those of its file. Unchanged forwards keep
    their counters and connections.
  - If M(naawg.naawg.naawg_interface) manages the file, its option I(forwards) decides at its next
    run.
options:
  interface:
    description: Name of the interface.
    type: str
    default: wg0
  forwards:
    description: Forwards in the form of C(naawg forward). To remove one, its destination may miss.
    type: list
    elements: str
    required: true
  state:
    description: >-
      C(present) adds them, C(absent) removes them, and C(exact) also removes all others.
    type: str
    choices: [present, absent, exact]
    default: present
  kill:
    description: Whether established connections of removed forwards end.
    type: bool
    default: false
  persist:
    description: Whether the file changes, too.
    type: bool
    default: true
  actor:
    description: Who makes the change, for the audit lines.
    type: str
extends_documentation_fragment:
  - naawg.naawg.tool
author:
  - the naawg authors (@naawg)
attributes:
  check_mode:
    description: Changes nothing, and reports what would change.
    support: full
  diff_mode:
    description: Shows the forwards that are added and removed.
    support: full
"""

EXAMPLES = r"""
- name: Forward the ports of a database and of a cache
  naawg.naawg.naawg_forward:
    interface: wg0
    forwards: ["3306:tcp:10.101.0.2", "6379:tcp:10.101.0.4"]

- name: Remove one of them, and end its connections
  naawg.naawg.naawg_forward:
    interface: wg0
    forwards: ["6379:tcp"]
    state: absent
    kill: true
"""

RETURN = r"""
changes:
  description: >-
    Forwards that were or would be added and removed. Lines about the file begin with C(file).
  returned: always
  type: list
  elements: str
forwards:
  description: The forwards of the interface, or of the file if the interface does not exist.
  returned: always
  type: list
  elements: str
"""

import os

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.naawg.naawg.plugins.module_utils import audit, conf_file
from ansible_collections.naawg.naawg.plugins.module_utils import forwards as texts
from ansible_collections.naawg.naawg.plugins.module_utils import managers
from ansible_collections.naawg.naawg.plugins.module_utils import tool as tools


def result_of(state, given, present):
    """The forwards there shall be, in the order of the present ones."""
    if state == "absent":
        return [one for one in present if not any(texts.takes(gone, one) for gone in given)]
    new = [one for one in given if one not in present]
    if state == "exact":
        return [one for one in present if one in given] + new
    # A forward of the same ports gets another destination.
    taken = {texts.ports(one) for one in new}
    return [one for one in present if texts.ports(one) not in taken] + new


def lines_of(present, wanted, prefix=""):
    """Lines about the differences."""
    return (["%s- forward %s" % (prefix, one) for one in present if one not in wanted]
            + ["%s+ forward %s" % (prefix, one) for one in wanted if one not in present])


class Forwards:
    """The forwards of an interface and of its file."""

    def __init__(self, module, tool):
        self.module = module
        self.tool = tool
        given = module.params
        self.wanted = []
        self.name = given["interface"]
        self.path = os.path.join(given["conf_dir"], self.name + ".conf")
        self.text = conf_file.read(self.path)
        self.running = self.name in tool.interfaces()
        if given["persist"] and self.text is None:
            module.fail_json(msg="there is no file %s to keep forwards: set persist to false, or "
                                 "configure the interface first (naawg_interface)" % self.path)
        if not given["persist"] and not self.running:
            module.fail_json(msg="there is no interface %s: bring it up first, or set persist"
                                 % self.name)
        conf = conf_file.parse(self.text or "")
        self.egress = conf.get("ForwardInterface")
        self.in_file = [texts.canonical(item) for value in conf_file.values_of(conf.interface,
                                                                              "Forward")
                        for item in value.split(",") if item.strip()]
        self.on_link = [item["forward"] for item in self.read()] if self.running else []

    def read(self):
        """The forwards of the link, as JSON."""
        found = self.tool.read_json("forward", self.name, "list", "--json")
        return found["forwards"] if isinstance(found, dict) else found

    def run(self):
        """Compare and change. Returns the lines."""
        given = self.module.params
        state = given["state"]
        plain = [texts.canonical(text) for text in given["forwards"]]
        linked = [texts.canonical(text, self.egress if state != "absent" else None)
                  for text in given["forwards"]]
        file_wanted = result_of(state, plain, self.in_file)
        self.wanted = result_of(state, linked, self.on_link)
        lines = []
        if given["persist"]:
            lines += lines_of(self.in_file, file_wanted, "file: ")
        changes_file = bool(lines)
        if self.running:
            lines += lines_of(self.on_link, self.wanted)
        else:
            self.wanted = file_wanted
        if lines:
            self.change(file_wanted if changes_file else None)
        return lines

    def change(self, file_wanted):
        """Check the new file, change the link, and then replace the file."""
        found = managers.of_file(self.path) if file_wanted is not None else None
        if found:
            self.module.fail_json(msg="%s: %s" % (self.name, found))
        candidates = conf_file.Candidates(os.path.dirname(self.path), self.module.tmpdir,
                                          tidy=not self.module.check_mode)
        try:
            candidate = None
            if file_wanted is not None:
                candidate = candidates.add(self.name + ".conf",
                                           texts.edit(self.text, file_wanted))
                status, out, err = self.tool.run("check-config", candidate)
                if status:
                    self.module.fail_json(
                        msg=tools.said(err, out).replace(candidate, self.path))
            if self.module.check_mode:
                return
            if self.running and self.wanted != self.on_link:
                options = ["--kill"] if self.module.params["kill"] else []
                self.tool.must("forward", self.name, "replace", *(options + ["-"]),
                               stdin="".join(one + "\n" for one in self.wanted))
            if candidate:
                conf_file.replace(candidate, self.path)
        finally:
            candidates.remove()


def spec():
    """The options."""
    return dict({
        "interface": {"type": "str", "default": "wg0"},
        "forwards": {"type": "list", "elements": "str", "required": True},
        "state": {"type": "str", "default": "present", "choices": ["present", "absent", "exact"]},
        "kill": {"type": "bool", "default": False},
        "persist": {"type": "bool", "default": True},
        "actor": {"type": "str"},
    }, **tools.COMMON_SPEC)


def main():
    """Run the module."""
    module = AnsibleModule(argument_spec=spec(), supports_check_mode=True)
    name = module.params["interface"]
    tools.check_option(module, "interface", tools.check_interface, name)
    tools.check_option(module, "forwards", texts.canonical, *module.params["forwards"])
    forwards = Forwards(module, tools.Tool(module))
    lines = forwards.run()
    if lines and not module.check_mode:
        audit.record(audit.of_lines(lines, name, {}), module.params["actor"])
    result = {"changed": bool(lines), "changes": lines, "forwards": forwards.wanted}
    if module._diff:
        result["diff"] = {"prepared": "".join(line + "\n" for line in lines)}
    module.exit_json(**result)


if __name__ == "__main__":
    main()
