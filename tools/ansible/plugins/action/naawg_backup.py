# SPDX-License-Identifier: GPL-2.0-or-later
"""Action that reads configuration files of a host and writes a backup on the controller."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import base64
import os
import re

from ansible import constants as C
from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.module_utils.common.text.converters import to_text
from ansible.parsing.vault import VaultLib, match_encrypt_secret
from ansible.plugins.action import ActionBase
from ansible_collections.naawg.naawg.plugins.module_utils.backup import document, kept
from ansible_collections.naawg.naawg.plugins.module_utils.variables import FleetProblem
from ansible_collections.naawg.naawg.plugins.module_utils.vault_file import locked, write_file

OPTIONS = {
    "directory": {"type": "path", "required": True},
    "name": {"type": "str"},
    "paths": {"type": "list", "elements": "str", "default": ["/etc/naawg"]},
    "keep": {"type": "list", "elements": "str", "default": []},
}
# A configuration file is far smaller.
LIMIT = 1 << 20


def read_file(path):
    """The bytes of a file of the controller, or None."""
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except FileNotFoundError:
        return None


class ActionModule(ActionBase):
    """The action. It writes nothing on the host."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_diff = True

    def run(self, tmp=None, task_vars=None):
        """Back a host up. The result has names of files and no key."""
        result = super().run(tmp, task_vars)
        del tmp
        _checked, options = self.validate_argument_spec(argument_spec=OPTIONS)
        name = options["name"] or task_vars["inventory_hostname"]
        if not re.match(r"[A-Za-z0-9_][A-Za-z0-9_.-]*\Z", name):
            raise AnsibleActionFail("name: '%s' is no name for a file. Use letters, digits, '.', "
                                    "'_' and '-'" % name)
        directory = self._loader.path_dwim(options["directory"])
        plain = os.path.join(directory, name + ".yml")
        sealed = os.path.join(directory, name + ".sealed.yml")
        vault = VaultLib(self._secrets())
        try:
            files = self._files(options["paths"], task_vars)
            before = self._opened(vault, read_file(sealed), sealed)
            files += kept(before, options["keep"], files)
            changed, diff = self._write(vault, (plain, sealed), (
                document(name, files, False), document(name, files, True)))
        except FleetProblem as problem:
            raise AnsibleActionFail(str(problem)) from None
        except OSError as error:
            raise AnsibleActionFail("%s: %s" % (error.filename or directory,
                                                error.strerror)) from None
        result.update(changed=bool(changed), written=changed, plain=plain, sealed=sealed,
                      files=sorted(item["path"] for item in files), diff=diff)
        return result

    def _secrets(self):
        secrets = self._loader._vault.secrets or []  # pylint: disable=protected-access
        if not secrets:
            raise AnsibleActionFail("there is no vault password to seal a backup with: run with "
                                    "--ask-vault-pass, --vault-password-file FILE or "
                                    "--vault-id ID@SOURCE")
        return secrets

    # --- the host

    def _module(self, name, task_vars, **arguments):
        """Run a module on the host. Connections print its answer at -vvv, unless told not to."""
        no_log = self._play_context.no_log
        self._play_context.no_log = True
        try:
            answer = self._execute_module(module_name="ansible.builtin." + name,
                                          module_args=arguments, task_vars=task_vars)
        finally:
            self._play_context.no_log = no_log
        if answer.get("failed") or answer.get("unreachable"):
            raise AnsibleActionFail("the files cannot be read: %s"
                                    % to_text(answer.get("msg", "no answer")))
        return answer

    def _files(self, paths, task_vars):
        """Files of the host, as dicts with path, mode, owner, group and data."""
        found = self._module("find", task_vars, paths=paths, recurse=True, hidden=True,
                             file_type="file")["files"]
        if not found:
            raise AnsibleActionFail("there is no file in %s: run naawg.naawg.deploy_wireguard, or "
                                    "name other paths" % ", ".join(paths))
        files = []
        for item in found:
            if item["size"] > LIMIT:
                raise AnsibleActionFail("%s has %d bytes, more than the %d of a configuration "
                                        "file: move it elsewhere, or name other paths"
                                        % (item["path"], item["size"], LIMIT))
            content = self._module("slurp", task_vars, src=item["path"])["content"]
            files.append({"path": item["path"], "mode": item["mode"],
                          "owner": item.get("pw_name") or str(item["uid"]),
                          "group": item.get("gr_name") or str(item["gid"]),
                          "data": base64.b64decode(content)})
        return files

    # --- the controller

    def _write(self, vault, paths, texts):
        """Write the files that differ. Returns their paths, and the difference of the one
        without keys."""
        (plain, sealed), (plain_text, sealed_text) = paths, texts
        directory = os.path.dirname(plain)
        check = self._task.check_mode
        if not check:
            os.makedirs(directory, mode=0o700, exist_ok=True)
        elif not os.path.isdir(directory):
            return [sealed, plain], {"before": "", "after": plain_text, "after_header": plain}
        with locked(plain):
            changed = []
            before = read_file(sealed)
            if self._opened(vault, before, sealed) != sealed_text:
                changed.append(sealed)
                if not check:
                    write_file(sealed, self._sealed(vault, sealed_text), before)
            before = read_file(plain)
            if before != plain_text.encode("utf-8"):
                changed.append(plain)
                if not check:
                    write_file(plain, plain_text.encode("utf-8"), before)
        return changed, {"before": to_text(before or b""), "after": plain_text,
                         "before_header": plain, "after_header": plain}

    @staticmethod
    def _opened(vault, data, path):
        """The text in a sealed file, or None."""
        if data is None:
            return None
        try:
            return to_text(vault.decrypt(data))
        except AnsibleError:
            raise FleetProblem("%s cannot be opened with this vault password. Use the one it was "
                               "sealed with, or move the file away" % path) from None

    @staticmethod
    def _sealed(vault, text):
        vault_id, secret = match_encrypt_secret(vault.secrets,
                                                C.DEFAULT_VAULT_ENCRYPT_IDENTITY or None)
        return vault.encrypt(text, secret=secret,
                             vault_id=None if vault_id == "default" else vault_id)
