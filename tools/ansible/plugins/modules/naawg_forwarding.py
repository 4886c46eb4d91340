#!/usr/bin/python
# SPDX-License-Identifier: GPL-2.0-or-later
"""Ansible module: sysctls that let a host forward packets of its tunnels."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
---
module: naawg_forwarding
short_description: Let a host forward packets of its tunnels
version_added: 1.0.0
author: The naawg authors
description:
  - Switches sysctls of forwarding on, in the running kernel and in a file for the next boot.
  - A host that has to forward nothing loses the file. Its running values stay.
options:
  versions:
    description: Versions of IP to forward.
    type: list
    elements: int
    choices: [4, 6]
    default: []
  interfaces:
    description:
      - Interfaces that forward. If the list is empty, the whole host does. The value of an
        interface that does not exist yet is only in the file, where udev finds it.
    type: list
    elements: str
    default: []
  path:
    description: The file.
    type: path
    default: /etc/sysctl.d/60-naawg.conf
attributes:
  check_mode:
    description: Changes nothing, and reports what differs.
    support: full
  diff_mode:
    description: Prints the file and the running values before and after.
    support: full
  platform:
    description: The platforms of the host.
    support: full
    platforms: linux
"""

EXAMPLES = r"""
- name: Let the host forward IPv4
  naawg.naawg.naawg_forwarding:
    versions:
      - 4
"""

RETURN = r"""
sysctls:
  description: The sysctls that are on.
  returned: always
  type: list
  elements: str
  sample:
    - net/ipv4/ip_forward
"""

import os

from ansible.module_utils.basic import AnsibleModule

HEAD = "# Ansible wrote this file, for the tunnels of naawg.\n"
WHOLE = {4: "net/ipv4/ip_forward", 6: "net/ipv6/conf/all/forwarding"}


def wanted(module):
    """Names of sysctls, with slashes, as that of an interface may have dots."""
    versions, interfaces = module.params["versions"], module.params["interfaces"]
    for name in interfaces:
        if "/" in name or name.split() != [name]:
            module.fail_json(msg="interfaces: '%s' is no name of an interface" % name)
    if not interfaces:
        return [WHOLE[version] for version in versions]
    return ["net/ipv%d/conf/%s/forwarding" % (version, name)
            for version in versions for name in interfaces]


def read(path):
    """The text of a file; None if there is none."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return None


def write(module, path, text):
    """Replace or remove the file of the next boot."""
    if text is None:
        os.unlink(path)
        return
    new = os.path.join(module.tmpdir, "sysctls")
    with open(new, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(new, 0o644)
    module.atomic_move(new, path)


def main():
    """Run the module."""
    module = AnsibleModule(supports_check_mode=True, argument_spec={
        "versions": {"type": "list", "elements": "int", "choices": [4, 6], "default": []},
        "interfaces": {"type": "list", "elements": "str", "default": []},
        "path": {"type": "path", "default": "/etc/sysctl.d/60-naawg.conf"}})
    path, names = module.params["path"], wanted(module)
    before = read(path)
    after = HEAD + "".join("%s = 1\n" % name for name in names) if names else None
    off = [name for name in names if (read("/proc/sys/" + name) or "").strip() == "0"]
    result = {"changed": before != after or bool(off), "sysctls": names}
    if module._diff:
        result["diff"] = {
            "before_header": path, "after_header": path,
            "before": (before or "") + "".join("running: %s = 0\n" % name for name in off),
            "after": (after or "") + "".join("running: %s = 1\n" % name for name in off)}
    if result["changed"] and not module.check_mode:
        if before != after:
            write(module, path, after)
        for name in off:
            try:
                with open("/proc/sys/" + name, "w", encoding="utf-8") as file:
                    file.write("1\n")
            except OSError as error:
                module.fail_json(msg="%s cannot be switched on: %s" % (name, error.strerror))
    module.exit_json(**result)


if __name__ == "__main__":
    main()
