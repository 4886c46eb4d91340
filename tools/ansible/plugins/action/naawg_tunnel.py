# SPDX-License-Identifier: GPL-2.0-or-later
"""Action that configures the interfaces of a host as the inventory describes them. Keys go from
the vault to the module naawg_interface, and are in no loop, fact or result of a play."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.naawg.naawg.plugins.module_utils.fleet import Fleet
from ansible_collections.naawg.naawg.plugins.module_utils.keys import KeyProblem
from ansible_collections.naawg.naawg.plugins.module_utils.variables import FleetProblem

OPTIONS = {
    "state": {"type": "str", "default": "present", "choices": ["present", "up"]},
    "names": {"type": "list", "elements": "str", "default": []},
    "peer": {"type": "str"},
    "without": {"type": "str"},
    "next": {"type": "list", "elements": "str", "default": []},
    "actor": {"type": "str"},
    "conf_dir": {"type": "path"},
    "tool": {"type": "str"},
    "policy": {"type": "dict"},
    "delay": {"type": "int"},
    "after_session": {"type": "dict"},
    "call": {"type": "list", "elements": "str"},
}
MODULE = "naawg.naawg.naawg_interface"
POLICY = "naawg.naawg.naawg_policy"


def only_peer(interfaces, name):
    """The interfaces that have a peer of this name, with this peer alone. Others stay."""
    found = []
    for interface in interfaces:
        peers = [peer for peer in interface["peers"] if peer["name"] == name]
        if peers:
            found.append(dict(interface, peers=peers, manage_peers=False))
    return found


def without_peer(interfaces, name):
    """The interfaces without this peer. Others stay as they are, listed or not."""
    return [dict(interface, peers=[], manage_peers=False, removed=[name])
            for interface in interfaces]


class ActionModule(ActionBase):
    """The action; naawg_interface does its work on the host."""

    TRANSFERS_FILES = False
    _supports_check_mode = True

    def run(self, tmp=None, task_vars=None):
        """Write the policy, and configure each interface; stop at the first failure."""
        result = super().run(tmp, task_vars)
        del tmp
        _checked, options = self.validate_argument_spec(argument_spec=OPTIONS)
        result.update(changed=False, interfaces=[])
        diff = []
        interfaces = self._wanted(options, task_vars)
        policy = self._policy(options, task_vars)
        if policy.get("failed") or policy.get("unreachable"):
            return dict(result, **self._failure("policy", policy))
        self._add(result, diff, policy)
        for wanted in interfaces:
            done = self._configure(wanted, options, task_vars)
            if done.get("failed") or done.get("unreachable"):
                self._undo(policy, options, task_vars)
                return dict(result, **self._failure(wanted["name"], done))
            self._add(result, diff, done, wanted["name"])
            result["interfaces"].append({name: done[name] for name in
                                         ("interface", "public_key", "changes") if name in done})
        if diff:
            result["diff"] = diff
        return result

    @staticmethod
    def _add(result, diff, done, name=None):
        """Put what a module did into the result."""
        result["changed"] = result["changed"] or done.get("changed", False)
        if done.get("warnings"):
            result.setdefault("warnings", []).extend(done["warnings"])
        found = done.get("diff") or {}
        if name is None and found.get("before") != found.get("after"):
            diff.append(found)
        elif found.get("prepared"):
            diff.append({"prepared": "%s:\n%s" % (name, found["prepared"])})

    def _policy(self, options, task_vars):
        """The result of the module that writes the policy, which files are checked under."""
        if options["policy"] is None:
            return {}
        args = dict(options["policy"], **self._common(options, ("actor", "conf_dir")))
        return self._execute_module(module_name=POLICY, module_args=args, task_vars=task_vars)

    def _undo(self, policy, options, task_vars):
        """Put the old policy back, under which the present files were accepted."""
        if not policy.get("changed") or self._task.check_mode:
            return
        args = self._common(options, ("actor", "conf_dir"))
        if policy.get("previous") is None:
            args["state"] = "absent"
        else:
            args["content"] = policy["previous"]
        self._execute_module(module_name=POLICY, module_args=args, task_vars=task_vars)

    @staticmethod
    def _common(options, names):
        """Options that are the same for each module."""
        return {name: options[name] for name in names if options[name]}

    @staticmethod
    def _wanted(options, task_vars):
        """The interfaces, as options of the module."""
        host = task_vars["inventory_hostname"]
        try:
            found = Fleet(task_vars["hostvars"], host, options["next"]).tunnel(host)
        except (FleetProblem, KeyProblem) as problem:
            raise AnsibleActionFail(str(problem)) from None
        if options["names"]:
            found = [interface for interface in found if interface["name"] in options["names"]]
        if options["without"]:
            return without_peer(found, options["without"])
        return only_peer(found, options["peer"]) if options["peer"] else found

    def _configure(self, wanted, options, task_vars):
        """The result of the module."""
        args = dict(wanted, state=options["state"],
                    **self._common(options, ("actor", "conf_dir", "tool", "delay",
                                             "after_session", "call")))
        revoked = task_vars["hostvars"][task_vars["inventory_hostname"]].get("naawg_revoked")
        if revoked:
            args["revoked"] = [str(name) for name in revoked]
        return self._unlogged(MODULE, args, task_vars)

    def _unlogged(self, name, args, task_vars):
        """The result of a module that does not log its arguments on the host: a command of the
        tunnel may hold a password."""
        kept, self._task.no_log = self._task.no_log, True
        try:
            return self._execute_module(module_name=name, module_args=args, task_vars=task_vars)
        finally:
            self._task.no_log = kept

    @staticmethod
    def _failure(name, done):
        """The message of the module, without its arguments, which a result may have too."""
        said = str(done.get("msg") or "the module naawg_interface failed")
        kept = {key: done[key] for key in ("unreachable", "warnings") if key in done}
        return dict(kept, failed=not done.get("unreachable"), interface=name,
                    msg=said if name in said else "%s: %s" % (name, said))
