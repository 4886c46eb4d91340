# SPDX-License-Identifier: GPL-2.0-or-later
"""Filters that derive interfaces of a host, and names of its keys, from the variables of all."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

from ansible.errors import AnsibleFilterError
from ansible_collections.naawg.naawg.plugins.module_utils.fleet import Fleet
from ansible_collections.naawg.naawg.plugins.module_utils.keys import KeyProblem
from ansible_collections.naawg.naawg.plugins.module_utils.variables import FleetProblem


def tunnel(hostvars, host, next=()):  # pylint: disable=redefined-builtin
    """Interfaces of a host, as the module naawg_interface takes them."""
    try:
        return Fleet(hostvars, host, next).tunnel(host)
    except (FleetProblem, KeyProblem) as problem:
        raise AnsibleFilterError("tunnel: %s" % problem) from None


def key_names(hostvars, host):
    """Vault variables and public keys of a host and its peers."""
    try:
        return Fleet(hostvars, host).key_names(host)
    except (FleetProblem, KeyProblem) as problem:
        raise AnsibleFilterError("key_names: %s" % problem) from None


class FilterModule:
    """The filters of this file."""

    def filters(self):
        """Names of filters, and their functions."""
        return {"tunnel": tunnel, "key_names": key_names}
