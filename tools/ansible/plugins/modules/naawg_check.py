#!/usr/bin/python
# SPDX-License-Identifier: GPL-2.0-or-later
"""Ansible module: whether the peers of an interface are connected."""
from __future__ import absolute_import, division, print_function
__metaclass__ = type

DOCUMENTATION = r"""
---
module: naawg_check
short_description: Check that the peers of a naawg interface are connected
version_added: 1.0.0
description:
  - Fails unless the module is loaded, the interface is up, and its peers have a session. The
    message names the most likely reason.
options:
  interface:
    description: Name of the interface.
    type: str
    default: wg0
  peers:
    description: Names or public keys of the peers to check. Without it, all peers are checked.
    type: list
    elements: str
    default: []
  max_age:
    description: The newest handshake must not be older than so many seconds.
    type: int
  wait:
    description: Wait up to so many seconds for success.
    type: int
    default: 0
  any:
    description: Whether one connected peer is enough.
    type: bool
    default: false
  rekey:
    description: >-
      Whether a new handshake with each of these peers is made first. With it, I(wait) is the time
      in which they have to answer. Check mode makes no handshake.
    type: bool
    default: false
extends_documentation_fragment:
  - naawg.naawg.tool
author:
  - the naawg authors (@naawg)
attributes:
  check_mode:
    description: Checks, but makes no handshake.
    support: full
"""

EXAMPLES = r"""
- name: Wait until the tunnel is up
  naawg.naawg.naawg_check:
    interface: wg0
    wait: 30

- name: Make a new handshake with one peer, to prove the present keys
  naawg.naawg.naawg_check:
    interface: wg0
    peers: [services]
    rekey: true
    wait: 10
"""

RETURN = r"""
line:
  description: The line of C(naawg check), or of C(naawg rekey) if that failed.
  returned: always
  type: str
  sample: "wg0: 1 of 1 peers connected"
reasons:
  description: Why packets were dropped or handshakes failed so far, with their numbers.
  returned: always
  type: dict
  sample: {"unknown-peer": 3}
"""

import json

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.naawg.naawg.plugins.module_utils import tool as tools

REKEY_SECONDS = 10


def arguments(given):
    """The arguments of naawg check."""
    words = ["check", given["interface"]]
    for peer in given["peers"] or []:
        words += ["--peer", peer]
    for option in "max_age", "wait":
        if given[option]:
            words += ["--" + option.replace("_", "-"), str(given[option])]
    return words + (["--any"] if given["any"] else [])


def rekey(tool, given):
    """Make handshakes; returns a message if one was not answered."""
    words = ["rekey", given["interface"]]
    for peer in given["peers"] or []:
        words += ["peer", peer]
    status, out, err = tool.run(*(words + ["--timeout", str(given["wait"] or REKEY_SECONDS)]))
    return (tools.said(err, out) or "naawg rekey ended with status %d" % status) if status else ""


def reasons(tool, name):
    """The counters of the interface that are not 0."""
    status, out, _err = tool.run("stats", "--json", name)
    if status:
        return {}
    return {item["name"]: item["count"] for item in json.loads(out)["devices"][0]["reasons"]
            if item["count"]}


def main():
    """Run the module."""
    number = {"type": "int"}
    module = AnsibleModule(
        argument_spec=dict({"interface": {"type": "str", "default": "wg0"},
                            "peers": {"type": "list", "elements": "str", "default": []},
                            "max_age": number, "wait": {"type": "int", "default": 0},
                            "any": {"type": "bool", "default": False},
                            "rekey": {"type": "bool", "default": False}},
                           **tools.COMMON_SPEC),
        supports_check_mode=True)
    given = module.params
    tools.check_option(module, "interface", tools.check_interface, given["interface"])
    for option in "max_age", "wait":
        if given[option] is not None:
            tools.check_option(module, option, tools.check_range, given[option], low=0, high=86400)
    tool = tools.Tool(module)
    line = rekey(tool, given) if given["rekey"] and not module.check_mode else ""
    failed = bool(line)
    if not failed:
        status, out, err = tool.run(*arguments(given))
        failed, line = bool(status), tools.said(out, err)
    result = {"changed": False, "line": line, "reasons": reasons(tool, given["interface"])}
    if failed:
        module.fail_json(msg=line, **result)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
