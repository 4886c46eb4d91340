#!/usr/bin/python
# SPDX-License-Identifier: GPL-2.0-or-later
"""Ansible module: the state of naawg interfaces."""
from __future__ import absolute_import, division, print_function
__metaclass__ = type

DOCUMENTATION = r"""
---
module: naawg_info
short_description: Read the state of naawg interfaces
version_added: 1.0.0
description:
  - Returns what C(naawg show), C(naawg stats) and C(naawg forward list) print as JSON. The result
    has no private and no preshared key, so it can be registered and shown.
options:
  interface:
    description: Name of an interface, or C(all).
    type: str
    default: all
extends_documentation_fragment:
  - naawg.naawg.tool
author:
  - the naawg authors (@naawg)
attributes:
  check_mode:
    description: Only reads.
    support: full
"""

EXAMPLES = r"""
- name: Read the state of all interfaces
  naawg.naawg.naawg_info:
  register: naawg__info

- name: Show the peers of one of them
  ansible.builtin.debug:
    msg: "{{ naawg__info.interfaces.wg0.show.peers | map(attribute='public_key') }}"
"""

RETURN = r"""
version:
  description: Versions of the tool and of the loaded kernel module.
  returned: always
  type: str
interfaces:
  description: >-
    For each interface the members C(show), C(stats) and C(forwards). A named interface that does
    not exist is missing here.
  returned: always
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.naawg.naawg.plugins.module_utils import tool as tools


def read(tool, name):
    """Everything about one interface."""
    show = tool.read_json("show", "--json", name)["devices"][0]
    stats = tool.read_json("stats", "--json", name)["devices"][0]
    forwards = tool.read_json("forward", name, "list", "--json")
    if isinstance(forwards, dict):
        forwards = forwards.get("forwards", forwards)
    return {"show": show, "stats": stats, "forwards": forwards}


def main():
    """Run the module."""
    module = AnsibleModule(
        argument_spec=dict({"interface": {"type": "str", "default": "all"}},
                           **tools.COMMON_SPEC),
        supports_check_mode=True)
    wanted = module.params["interface"]
    tools.check_option(module, "interface", tools.check_interface, wanted)
    tool = tools.Tool(module)
    names = [name for name in tool.interfaces() if wanted in ("all", name)]
    module.exit_json(changed=False, version=tool.must("version").strip(),
                     interfaces={name: read(tool, name) for name in names})


if __name__ == "__main__":
    main()
