# SPDX-License-Identifier: GPL-2.0-or-later
"""Filter container_changes: settings of a Proxmox container that differ from the wanted ones."""
from __future__ import absolute_import, division, print_function
__metaclass__ = type

DOCUMENTATION = r'''
name: container_changes
short_description: settings of a Proxmox container that differ from the wanted ones
version_added: 1.0.0
author: naawg (@naawg)
description:
  - Compares the configuration of a container, as the API of Proxmox VE gives it, with wanted settings.
  - A setting of the form C(name=eth0,bridge=vmbr0) is given as a dictionary. Members that are not
    wanted, as the hardware address, stay as they are.
positional: wanted
options:
  _input:
    description: Configuration of the container.
    type: dict
    required: true
  wanted:
    description: Wanted settings; a setting that is not listed stays as it is.
    type: dict
    required: true
'''

EXAMPLES = r'''
- name: Settings that have to change
  ansible.builtin.debug:
    msg: "{{ config | naawg.naawg.container_changes({'memory': 1024, 'features': {'nesting': 1}}) }}"
'''

RETURN = r'''
_value:
  description: Settings to write, with their wanted values. Empty if nothing differs.
  type: dict
'''


def parts(text):
    """Members of a setting such as name=eth0,bridge=vmbr0."""
    return dict(part.partition("=")[::2] for part in str(text or "").split(",") if part)


def written(value):
    """A value as the API takes it: a truth value is 1 or 0."""
    return str(int(value) if isinstance(value, bool) else value)


def container_changes(config, wanted):
    """Settings of WANTED that differ in CONFIG, ready to be written."""
    changes = {}
    for name, value in wanted.items():
        if isinstance(value, dict):
            has = parts(config.get(name))
            merged = dict(has, **{key: written(member) for key, member in value.items()})
            if merged != has:
                changes[name] = ",".join("%s=%s" % item for item in merged.items())
        elif written(config.get(name, "")) != written(value):
            changes[name] = written(value)
    return changes


class FilterModule:
    """The filters of this file."""

    @staticmethod
    def filters():
        """Filters by name."""
        return {"container_changes": container_changes}
