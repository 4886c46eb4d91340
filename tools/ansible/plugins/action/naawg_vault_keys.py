# SPDX-License-Identifier: GPL-2.0-or-later
"""Action that makes, renews and removes keys in a vault file of the controller."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import os

from ansible import constants as C
from ansible.errors import AnsibleActionFail
from ansible.parsing.vault import VaultLib, match_encrypt_secret
from ansible.plugins.action import ActionBase
from ansible_collections.naawg.naawg.plugins.module_utils.fleet import Fleet
from ansible_collections.naawg.naawg.plugins.module_utils.keys import KeyProblem
from ansible_collections.naawg.naawg.plugins.module_utils.variables import (
    NEXT, PRESHARED, SHARED_PRESHARED, FleetProblem, is_private_key_name, is_secret_name,
    public_key_name)
from ansible_collections.naawg.naawg.plugins.module_utils.vault_file import VaultFile, locked

OPTIONS = {
    "vault_file": {"type": "path"},
    "hosts": {"type": "list", "elements": "str"},
    "variables": {"type": "list", "elements": "str", "default": []},
    "state": {"type": "str", "default": "present",
              "choices": ["present", "next", "promote", "drop"]},
}


def default_path(directory):
    """The file with keys of an inventory, whether it exists or not."""
    top = os.path.join(directory, "group_vars")
    beside = os.path.join(top, "vault.yml")
    if os.path.exists(beside):
        return beside
    # Ansible ignores all.yml beside a directory "all".
    if any(os.path.isfile(os.path.join(top, name))
           for name in ("all", "all.yml", "all.yaml", "all.json")):
        return beside
    return os.path.join(top, "all", "vault.yml")


def make_missing(vault, fleet, hosts):
    """Make keys that the hosts need. Returns names of variables."""
    missing, public = [], []
    for name, lacks in fleet.needed(hosts).items():
        if name in vault:
            if is_private_key_name(name) and public_key_name(name) not in vault:
                public.append(name)
        elif lacks and not (name.endswith(PRESHARED) and SHARED_PRESHARED in vault):
            missing.append(name)
    for name in missing:
        if not is_secret_name(name) or name.endswith(NEXT):
            raise FleetProblem("the variable %s is missing. Keys in the vault are called "
                               "vault_wg_NAME_private_key and vault_wg_A_B_preshared_key" % name)
        if is_private_key_name(name) and public_key_name(name) in vault:
            raise FleetProblem("%s has %s without its private key %s: add the private key, or "
                               "remove the public one" % (vault.path, public_key_name(name), name))
    return (vault.make(missing) if missing else []) + \
        (vault.make_public(public) if public else [])


def renew(vault, state, names):
    """Make, promote or drop successors of keys. Returns names of changed variables."""
    changed = []
    for name in names:
        if not is_secret_name(name) or name.endswith(NEXT):
            raise FleetProblem("variables: %s is no name of a private or preshared key" % name)
        # A pair that shared a key with others may get its first own one.
        first = name.endswith(PRESHARED) and (state == "next" or name + NEXT in vault)
        if name not in vault and not first:
            raise FleetProblem("%s has no variable %s. If another file has it, name that file by "
                               "naawg_vault_file" % (vault.path, name))
        if (name + NEXT in vault) == (state == "next"):
            continue
        changed.append(name)
    if state == "next":
        return vault.make([name + NEXT for name in changed]) if changed else []
    for name in changed:
        (vault.promote if state == "promote" else vault.drop)(name)
    return changed


class ActionModule(ActionBase):
    """The action; it connects to no host."""

    TRANSFERS_FILES = False
    _supports_check_mode = True

    def run(self, tmp=None, task_vars=None):
        """Change the vault file. The result has names of variables and no key."""
        result = super().run(tmp, task_vars)
        del tmp
        _checked, options = self.validate_argument_spec(argument_spec=OPTIONS)
        path = self._path(options, task_vars)
        result.update(changed=False, variables=[], vault_file=path)
        try:
            names = self._change(path, options, task_vars)
        except (FleetProblem, KeyProblem) as problem:
            raise AnsibleActionFail(str(problem)) from None
        except OSError as error:
            raise AnsibleActionFail("%s: %s" % (error.filename or path,
                                                error.strerror)) from None
        result.update(changed=bool(names), variables=names)
        return result

    def _path(self, options, task_vars):
        path = options["vault_file"] or self._templar.template(task_vars.get("naawg_vault_file"))
        if path:
            return self._loader.path_dwim(path)
        if not task_vars.get("inventory_dir"):
            raise AnsibleActionFail("this inventory is in no directory: set naawg_vault_file to "
                                    "the file for keys")
        return default_path(task_vars["inventory_dir"])

    def _vault(self, path):
        secrets = self._loader._vault.secrets or []  # pylint: disable=protected-access
        fallback = None
        if secrets and C.DEFAULT_VAULT_ENCRYPT_IDENTITY:
            fallback = match_encrypt_secret(secrets, C.DEFAULT_VAULT_ENCRYPT_IDENTITY)
        return VaultFile(path, VaultLib(secrets), fallback)

    def _change(self, path, options, task_vars):
        """Change the file, except in check mode. Returns names of variables."""
        check = self._task.check_mode
        directory = os.path.dirname(os.path.realpath(path))
        if not os.path.isdir(directory):
            if check:
                return self._names(self._vault(path), options, task_vars)
            os.makedirs(directory)
        with locked(path):
            vault = self._vault(path)
            names = self._names(vault, options, task_vars)
            if names and not check:
                vault.save()
        return names

    @staticmethod
    def _names(vault, options, task_vars):
        if options["state"] != "present":
            if not options["variables"]:
                raise FleetProblem("variables: state %s needs names of variables"
                                   % options["state"])
            return renew(vault, options["state"], options["variables"])
        hosts = options["hosts"] or task_vars["ansible_play_hosts_all"]
        fleet = Fleet(task_vars["hostvars"], task_vars["inventory_hostname"])
        return make_missing(vault, fleet, hosts)
