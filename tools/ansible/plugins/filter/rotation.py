# SPDX-License-Identifier: GPL-2.0-or-later
"""Filter of the playbooks that replace keys: plans, and what came of them."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

from ansible.errors import AnsibleFilterError
from ansible_collections.naawg.naawg.plugins.module_utils import rotation as plans
from ansible_collections.naawg.naawg.plugins.module_utils.keys import KeyProblem
from ansible_collections.naawg.naawg.plugins.module_utils.variables import FleetProblem

REGISTERED = ("applied", "proved", "checked", "gone")


def _results(hostvars, hosts):
    """Registered results of the tasks of a rotation, by host and name."""
    return {host: {name: hostvars[host]["naawg__" + name] for name in REGISTERED
                   if "naawg__" + name in hostvars[host]} for host in hosts}


def _verdict(hostvars, plan):
    return plans.psk_verdict(plan, _results(hostvars, plan["hosts"]))


def _kept(hostvars, plan, verdict):
    return plans.psk_kept(plan, verdict, _results(hostvars, plan["hosts"]))


def _problems(hostvars, hosts, names):
    """A sentence for each registered task that failed at a host."""
    results = _results(hostvars, hosts)
    return ["%s: %s" % (host, reason) for host in hosts for name in names
            for reason, _lost in plans.failures(results[host].get(name) or {}).values()]


def _changed(hostvars, hosts, names):
    """Hosts that a registered task changed, or would change."""
    results = _results(hostvars, hosts)
    return [host for host in hosts
            if any((results[host].get(name) or {}).get("changed") for name in names)]


STEPS = {
    "pending": plans.pending,
    "psk_plan": plans.psk_plan,
    "psk_verdict": _verdict,
    "psk_kept": _kept,
    "psk_part": lambda _hostvars, plan, left: plans.psk_part(plan, left),
    "psk_users": plans.psk_users,
    "identity_plan": plans.identity_plan,
    "identity_calls": plans.identity_calls,
    "successors": plans.successors,
    "successor_key": plans.successor_key,
    "new_public_keys": plans.new_public_keys,
    "revoke_plan": plans.revoke_plan,
    "problems": _problems,
    "changed": _changed,
}


def rotation(hostvars, step, *args):
    """One step of a rotation; see module_utils/rotation.py for its arguments."""
    try:
        return STEPS[step](hostvars, *args)
    except (FleetProblem, KeyProblem) as problem:
        raise AnsibleFilterError(str(problem)) from None


class FilterModule:
    """The filter of this file."""

    def filters(self):
        """Names of filters, and their functions."""
        return {"rotation": rotation}
