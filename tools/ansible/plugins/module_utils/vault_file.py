# SPDX-License-Identifier: GPL-2.0-or-later
"""A file of variables with keys: changed in place, every other byte of it kept.

The file is encrypted as a whole, or has "!vault" strings. New values are encrypted like the
others. Each change is checked: the YAML before and after differs in the wanted variables only.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import contextlib
import fcntl
import os
import stat
import tempfile
import time

import yaml

from ansible_collections.naawg.naawg.plugins.module_utils import keys
from ansible_collections.naawg.naawg.plugins.module_utils.variables import (
    NEXT, FleetProblem, created_name, is_private_key_name, is_secret_name, public_key_name)

HEADER = "$ANSIBLE_VAULT"
INDENT = " " * 10


class Loader(yaml.SafeLoader):  # pylint: disable=too-many-ancestors
    """Values with a tag, such as !vault, stay as they are."""


def _tagged(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        return "!" + suffix, loader.construct_scalar(node).rstrip("\n")
    return "!" + suffix, yaml.serialize(node)


Loader.add_multi_constructor("!", _tagged)


class Text:
    """The text of a file: variables of one mapping, and everything around them."""

    def __init__(self, text, path):
        self.path = path
        self.text = text
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self._parse()

    def _parse(self):
        try:
            root = yaml.compose(self.text, Loader=Loader)
            self.values = yaml.load(self.text, Loader=Loader) or {}  # a safe loader: see above
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            at = " in line %d" % (mark.line + 1) if mark else ""
            raise FleetProblem("%s: this is no YAML%s: %s"
                               % (self.path, at, getattr(error, "problem", ""))) from None
        if isinstance(root, yaml.ScalarNode) and not root.value:
            root = None
        if root is not None and (not isinstance(root, yaml.MappingNode) or root.flow_style):
            raise FleetProblem("%s: this file must consist of lines NAME: VALUE" % self.path)
        self.nodes = {}
        for key, value in root.value if root else ():
            if key.value in self.nodes:
                raise FleetProblem("%s: %s is there twice: remove one of them"
                                   % (self.path, key.value))
            self.nodes[key.value] = key, value

    def __contains__(self, name):
        return name in self.nodes

    def raw(self, name):
        """The value of a variable as it is written, without blanks around it."""
        value = self.nodes[name][1]
        return self.text[value.start_mark.index:value.end_mark.index].strip()

    def _change(self, text, expected):
        """Replace the text, if its variables are then as expected."""
        before = self.text
        self.text = text
        try:
            self._parse()
            right = self.values == expected
        except FleetProblem:
            right = False
        if not right:
            self.text = before
            self._parse()
            raise FleetProblem("%s: this file is written in a way that cannot be changed safely: "
                               "write each variable as a line NAME: VALUE, without anchors, and "
                               "end the last line" % self.path)

    def _parsed(self, raw):
        return yaml.load("x: " + raw, Loader=Loader)["x"]  # a safe loader: see above

    def _with_newlines(self, raw):
        return raw.replace("\r\n", "\n").replace("\n", self.newline)

    def replace(self, name, raw):
        """Replace the value of a variable."""
        expected = dict(self.values)
        expected[name] = self._parsed(raw)
        node = self.nodes[name][1]
        self.splice(node.start_mark.index, node.end_mark.index, raw, expected)

    def splice(self, start, end, raw, expected):
        """Replace part of the text, but for blanks at its end. The variables are then
        EXPECTED."""
        end = start + len(self.text[start:end].rstrip())
        self._change(self.text[:start] + self._with_newlines(raw) + self.text[end:], expected)

    def append(self, pairs):
        """Append variables: pairs of a name and a value."""
        expected = dict(self.values)
        head, tail = self._end()
        for name, raw in pairs:
            raw = self._with_newlines(raw)
            expected[name] = self._parsed(raw)
            head += name + (":" if raw.startswith(self.newline) else ": ") + raw + self.newline
        self._change(head + tail, expected)

    def _end(self):
        """The text in front of the end of the document, and the end."""
        lines = self.text.splitlines(True)
        at = len(lines)
        for n, line in enumerate(lines):
            if line.rstrip() == "...":
                at = n
        head = "".join(lines[:at])
        if not self.text.strip():
            head = "---" + self.newline
        elif not head.endswith("\n"):
            head += self.newline
        return head, "".join(lines[at:])

    def remove(self, name):
        """Remove a variable, with a comment behind it on its line."""
        expected = dict(self.values)
        del expected[name]
        key, value = self.nodes[name]
        start = key.start_mark.index
        old = self.text[start:value.end_mark.index]
        end = self.text.find("\n", start + len(old.rstrip()))
        self._change(self.text[:start] + (self.text[end + 1:] if end >= 0 else ""), expected)


class VaultFile:
    """A file of variables and its encryption. VAULT is a VaultLib with the secrets of this run;
    FALLBACK is the pair of a vault id and its secret for the first value of a file, or None."""

    def __init__(self, path, vault, fallback=None):
        self.path = os.path.realpath(path)
        self.vault = vault
        self.fallback = fallback
        self.whole = False
        self.vault_id = self.secret = None
        self.before = self._read()
        text = self._decode(self.before or b"", path)
        if text.startswith(HEADER):
            self.whole = True
            self.vault_id = self._id_of(text)
            plain, self.secret = self._open(text)
            text = self._decode(plain, path)
        self.file = Text(text, path)
        if not self.whole:
            self._refuse_plain()

    @staticmethod
    def _decode(data, path):
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            raise FleetProblem("%s: this file is not in UTF-8" % path) from None

    def _read(self):
        try:
            with open(self.path, "rb") as stream:
                return stream.read()
        except FileNotFoundError:
            return None

    @staticmethod
    def _id_of(text):
        """The vault id in the header of an encrypted value; None without one."""
        parts = text.split("\n", 1)[0].strip().split(";")
        return parts[3].strip() if len(parts) > 3 else None

    def _open(self, text):
        """The value of an encrypted text, and the secret that opened it."""
        self._need_secrets()
        plain, _used, secret = self.vault.decrypt_and_get_vault_id(text)
        return plain, secret

    def _need_secrets(self):
        if not self.vault.secrets:
            raise FleetProblem("%s: there is no vault password: run with --ask-vault-pass, "
                               "--vault-password-file FILE or --vault-id ID@SOURCE" % self.path)

    def _refuse_plain(self):
        for name, value in self.file.values.items():
            if is_secret_name(str(name)) and isinstance(value, str) and keys.is_key(value):
                raise FleetProblem("%s: %s stands there in plain text. Encrypt the file: "
                                   "ansible-vault encrypt %s" % (self.path, name, self.path))

    def _choose(self):
        """Vault id and secret for new values: those of the values that are there."""
        if self.secret is not None:
            return self.vault_id, self.secret
        self._need_secrets()
        for name in reversed(list(self.file.nodes)):
            value = self.file.values[name]
            if isinstance(value, tuple) and value[1].startswith(HEADER):
                self.vault_id = self._id_of(value[1])
                self.secret = self._open(value[1])[1]
                return self.vault_id, self.secret
        ids = sorted({vault_id for vault_id, _secret in self.vault.secrets})
        if self.fallback:
            self.vault_id, self.secret = self.fallback
        elif len(ids) > 1:
            raise FleetProblem("%s: there are several vault ids (%s): name the one for new keys by "
                               "ANSIBLE_VAULT_ENCRYPT_IDENTITY" % (self.path, ", ".join(ids)))
        else:
            self.vault_id, self.secret = self.vault.secrets[0]
        return self.vault_id, self.secret

    def _sealed(self, value):
        """A key as it is written into the file."""
        vault_id, secret = self._choose()
        if self.whole:
            return '"%s"' % value
        if vault_id == "default":
            vault_id = None
        lines = self.vault.encrypt(value, secret=secret, vault_id=vault_id).decode("ascii")
        return "!vault |\n" + "\n".join(INDENT + line for line in lines.split("\n") if line)

    # --- variables

    def __contains__(self, name):
        return name in self.file

    def names(self):
        """Variables of the file."""
        return list(self.file.nodes)

    def value(self, name):
        """The text of a key."""
        value = self.file.values[name]
        if isinstance(value, tuple):
            value = self._open(value[1])[0].decode("utf-8")
        return str(value).strip()

    def _public(self, name, private):
        try:
            return keys.derive_public(private)
        except keys.KeyProblem as problem:
            raise FleetProblem("%s: %s is no private key: %s"
                               % (self.path, name, problem)) from None

    def make(self, names):
        """Append new keys, each with its time, and a public key behind each private one. Returns
        names of variables with keys."""
        now = '"%s"' % time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        pairs, made = [], []
        for name in names:
            private = is_private_key_name(name)
            key = keys.make_private() if private else keys.make_preshared()
            pairs += [(name, self._sealed(key)), (created_name(name), now)]
            made.append(name)
            if private and not name.endswith(NEXT):
                made.append(public_key_name(name))
                pairs.append((made[-1], '"%s"' % self._public(name, key)))
        # The time of an earlier key, which somebody removed without it, would be there twice.
        for name in names:
            self._forget(created_name(name))
        self.file.append(pairs)
        return made

    def make_public(self, names):
        """Append public keys of private ones. Returns names of variables."""
        pairs = [(public_key_name(name), '"%s"' % self._public(name, self.value(name)))
                 for name in names]
        self.file.append(pairs)
        return [name for name, _raw in pairs]

    def promote(self, name):
        """Let NAME_next take the place of NAME, and correct the public key beside it."""
        self._rename(name + NEXT, name)
        if created_name(name + NEXT) in self:
            self._rename(created_name(name + NEXT), created_name(name))
        else:
            self._forget(created_name(name))
        if is_private_key_name(name) and public_key_name(name) in self:
            self.file.replace(public_key_name(name),
                              '"%s"' % self._public(name, self.value(name)))

    def drop(self, name):
        """Remove NAME_next."""
        self.file.remove(name + NEXT)
        self._forget(created_name(name + NEXT))

    def _rename(self, name, to):
        """Let a variable take the place of another one, or get another name."""
        raw = self.file.raw(name)
        if to in self:
            self.file.replace(to, raw)
        else:
            self.file.append([(to, raw)])
        self.file.remove(name)

    def _forget(self, name):
        """Remove a variable that may be there."""
        if name in self:
            self.file.remove(name)

    def save(self):
        """Write the file in one step; its mode and owner stay."""
        data = self.file.text
        if self.whole:
            data = self.vault.encrypt(data, secret=self.secret, vault_id=self.vault_id)
        else:
            data = data.encode("utf-8")
        write_file(self.path, data, self.before)


def write_file(path, data, before, mode=0o600):
    """Replace a file in one step. BEFORE is its content as it was read, None if it was not
    there; a file that changed meanwhile is left alone. MODE is for a new file."""
    try:
        with open(path, "rb") as stream:
            now, old = stream.read(), os.fstat(stream.fileno())
    except FileNotFoundError:
        now = old = None
    if now != before:
        raise FleetProblem("%s: somebody else changed this file meanwhile: run again" % path)
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".naawg-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            if old:
                if (old.st_uid, old.st_gid) != (os.geteuid(), os.getegid()):
                    os.fchown(stream.fileno(), old.st_uid, old.st_gid)
            os.fchmod(stream.fileno(), stat.S_IMODE(old.st_mode) if old else mode)
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


@contextlib.contextmanager
def locked(path):
    """Keep other runs from a file; the lock is on its directory."""
    handle = os.open(os.path.dirname(os.path.realpath(path)), os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
