# SPDX-License-Identifier: GPL-2.0-or-later
"""Filter that finds the hosts whose tunnel is in a container of Docker."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r'''
name: in_docker
short_description: hosts whose tunnel is in a container of Docker
version_added: 1.0.0
author:
  - The naawg authors
description:
  - A host has its tunnel in a container if C(naawg_docker_enabled) is true. Without this variable,
    it has if C(docker_compose_profile) is set.
positional: hosts
options:
  _input:
    description: Variables of all hosts, C(hostvars).
    type: dict
    required: true
  hosts:
    description: Names of hosts.
    type: list
    elements: str
    required: true
'''

EXAMPLES = r'''
- name: Name the hosts with containers
  ansible.builtin.debug:
    msg: "{{ hostvars | naawg.naawg.in_docker(ansible_play_hosts_all) }}"
'''

RETURN = r'''
_value:
  description: Those of the hosts that have their tunnel in a container.
  type: list
  elements: str
'''

from ansible.module_utils.parsing.convert_bool import boolean


def in_docker(hostvars, hosts):
    """Those of the hosts whose tunnel is in a container."""
    found = []
    for host in hosts:
        variables = hostvars[host]
        switch = variables["naawg_docker_enabled"] if "naawg_docker_enabled" in variables else None
        # On the command line and in an INI inventory, false is a text.
        if boolean(switch, strict=False) if switch is not None else \
                ("docker_compose_profile" in variables and variables["docker_compose_profile"]):
            found.append(host)
    return found


class FilterModule:
    """The filter of this file."""

    @staticmethod
    def filters():
        """Names of filters, and their functions."""
        return {"in_docker": in_docker}
