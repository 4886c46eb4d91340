# SPDX-License-Identifier: GPL-2.0-or-later
"""Filters that find mistakes in the keys of a fleet, and hosts that told none."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

from ansible.errors import AnsibleFilterError
from ansible_collections.naawg.naawg.plugins.module_utils.findings import find
from ansible_collections.naawg.naawg.plugins.module_utils.fleet import Fleet
from ansible_collections.naawg.naawg.plugins.module_utils.keys import KeyProblem
from ansible_collections.naawg.naawg.plugins.module_utils.running import silent
from ansible_collections.naawg.naawg.plugins.module_utils.variables import FleetProblem


def key_findings(hostvars, hosts, running, nonce):
    """Sentences, one a mistake."""
    if not hosts:
        raise AnsibleFilterError("key_findings: there are no hosts")
    try:
        return find(Fleet(hostvars, hosts[0]), hosts, running, nonce)
    except (FleetProblem, KeyProblem) as problem:
        raise AnsibleFilterError("key_findings: %s" % problem) from None


class FilterModule:
    """The filters of this file."""

    def filters(self):
        """Names of filters, and their functions."""
        return {"key_findings": key_findings, "silent": silent}
