# SPDX-License-Identifier: GPL-2.0-or-later
"""Action that adds to the list of revoked hosts, devices and keys, on the controller."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import os

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.naawg.naawg.plugins.module_utils.fleet import Fleet
from ansible_collections.naawg.naawg.plugins.module_utils.keys import KeyProblem, is_key
from ansible_collections.naawg.naawg.plugins.module_utils.revoked import RevokedFile, items_for
from ansible_collections.naawg.naawg.plugins.module_utils.variables import FleetProblem
from ansible_collections.naawg.naawg.plugins.module_utils.vault_file import locked

OPTIONS = {
    "names": {"type": "list", "elements": "str", "required": True},
    "file": {"type": "path"},
}


def default_path(directory):
    """The file with the list, beside an inventory."""
    if not directory:
        raise FleetProblem("this inventory is in no directory: name the file for the list")
    top = os.path.join(directory, "group_vars")
    for name in ("all", "all.yml", "all.yaml", "all.json"):
        path = os.path.join(top, name)
        if os.path.isfile(path):
            raise FleetProblem("%s: Ansible ignores this file once there is a directory all, which "
                               "gets the list. Move it to %s/all/main.yml" % (path, top))
    return os.path.join(top, "all", "naawg_revoked.yml")


class ActionModule(ActionBase):
    """The action; it connects to no host."""

    TRANSFERS_FILES = False
    _supports_check_mode = True

    def run(self, tmp=None, task_vars=None):
        """Add to the list."""
        result = super().run(tmp, task_vars)
        del tmp
        _checked, options = self.validate_argument_spec(argument_spec=OPTIONS)
        try:
            path = os.path.realpath(self._loader.path_dwim(options["file"])) if options["file"] \
                else default_path(task_vars.get("inventory_dir"))
            result.update(file=path, **self._change(path, options["names"], task_vars))
        except (FleetProblem, KeyProblem) as problem:
            raise AnsibleActionFail(str(problem)) from None
        except OSError as error:
            raise AnsibleActionFail(str(error)) from None
        return result

    def _change(self, path, names, task_vars):
        fleet = Fleet(task_vars["hostvars"], task_vars["inventory_hostname"])
        before = sorted(fleet.revoked)
        fleet.revoked = frozenset()
        check = self._task.check_mode
        if not os.path.isdir(os.path.dirname(path)):
            if check:
                return self._added(RevokedFile(path), fleet, names, before)
            os.makedirs(os.path.dirname(path))
        with locked(path):
            file = RevokedFile(path)
            result = self._added(file, fleet, names, before)
            if result["changed"] and not check:
                file.save()
        return result

    @staticmethod
    def _added(file, fleet, names, before):
        hidden = [item for item in before if item not in file.items()]
        if hidden:
            raise FleetProblem("naawg_revoked has %s from elsewhere than %s, and one of the two "
                               "would hide the other: move them into this file, and remove the "
                               "other variable" % (", ".join(hidden), file.path))
        items = items_for(fleet, names, file.items())
        added = file.add(items)
        return {"changed": bool(added), "added": added,
                "public_keys": [item for item in items if is_key(item)],
                "revoked": file.items()}
