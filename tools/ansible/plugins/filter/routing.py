# SPDX-License-Identifier: GPL-2.0-or-later
"""Filters about the networks of a host's tunnels, and about places of a peer in the inventory."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

from ansible.errors import AnsibleFilterError
from ansible_collections.naawg.naawg.plugins.module_utils import routing
from ansible_collections.naawg.naawg.plugins.module_utils.fleet import Fleet
from ansible_collections.naawg.naawg.plugins.module_utils.keys import KeyProblem
from ansible_collections.naawg.naawg.plugins.module_utils.variables import FleetProblem


def _asked(name, function, hostvars, host):
    try:
        return function(Fleet(hostvars, host), host)
    except (FleetProblem, KeyProblem, ValueError) as problem:
        raise AnsibleFilterError("%s: %s" % (name, problem)) from None


def tunnel_subnets(hostvars, host):
    """Networks that the tunnels of a host may have by default."""
    return _asked("tunnel_subnets", routing.tunnel_subnets, hostvars, host)


def forwarding(hostvars, host):
    """Versions of IP that a host has to forward."""
    return _asked("forwarding", routing.forwarding, hostvars, host)


def peer_places(hostvars, hosts, name):
    """Where the variables of hosts list a peer."""
    groups = hostvars[hosts[0]].get("groups") or {} if hosts else {}
    return [place for host in hosts for place in routing.places(hostvars, groups, host, name)]


class FilterModule:
    """The filters of this file."""

    def filters(self):
        """Names of filters, and their functions."""
        return {"tunnel_subnets": tunnel_subnets, "forwarding": forwarding,
                "peer_places": peer_places}
