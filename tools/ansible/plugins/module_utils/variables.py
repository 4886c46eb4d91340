# SPDX-License-Identifier: GPL-2.0-or-later
"""Variables of hosts: names of vault variables, and values as the fleet's model needs them."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import ipaddress
import re

SHARED_PRESHARED = "vault_wg_preshared_key"
NEXT = "_next"
PRIVATE = "_private_key"
PUBLIC = "_public_key"
PRESHARED = "_preshared_key"
CREATED = "_created"
# Errors about a reference to a missing variable; MarkerError is one of core 2.19.
UNDEFINED = ("AnsibleUndefinedVariable", "MarkerError")
TEMPLATE = re.compile(r"\s*\{\{\s*(\w+)\s*\}\}\s*")


class FleetProblem(Exception):
    """The inventory or the vault cannot be used; the message says what to change."""


def clean(name):
    """A name as it stands in the name of a variable."""
    return re.sub(r"[^A-Za-z0-9]", "_", str(name))


def private_key_name(host, interface=None):
    """Vault variable of a private key; INTERFACE is given for any but the first one."""
    middle = clean(host) + ("_" + clean(interface) if interface else "")
    return "vault_wg_" + middle + PRIVATE


def public_key_name(private):
    """The variable beside that of a private key."""
    return private[:-len(PRIVATE)] + PUBLIC


def preshared_key_name(one, other):
    """Vault variable of the preshared key of two hosts, or of a host and a device."""
    return "vault_wg_%s_%s%s" % (*sorted((clean(one), clean(other))), PRESHARED)


def created_name(name):
    """The variable with the time when a key was made. It is no secret."""
    return name + CREATED


def is_secret_name(name):
    """Whether a variable has a key that nobody may see."""
    bare = name[:-len(NEXT)] if name.endswith(NEXT) else name
    return bare.startswith("vault_wg_") and bare.endswith((PRIVATE, PRESHARED))


def is_private_key_name(name):
    """Whether a variable has a private key, not a preshared one."""
    return is_secret_name(name) and name.endswith((PRIVATE, PRIVATE + NEXT))


def as_list(value, split=True):
    """A list, or the items of a string, which commas and blanks separate."""
    if value is None or value == "":
        return []
    if isinstance(value, (list, tuple)):
        return list(value)
    return [part for part in re.split(r"[,\s]+", str(value)) if part] if split else [value]


def host_network(address):
    """An address without its network: /32 or /128."""
    interface = ipaddress.ip_interface(address)
    return "%s/%d" % (interface.ip, interface.max_prefixlen)


def with_port(endpoint, port):
    """An endpoint with a port; empty if it has none."""
    text = str(endpoint or "").strip()
    if not text or re.fullmatch(r"\[[^\]]+\]:\d+|[^:]+:\d+", text):
        return text
    if not port:
        return ""
    try:
        if ipaddress.ip_address(text).version == 6:
            text = "[%s]" % text
    except ValueError:
        pass
    return "%s:%d" % (text, int(port))


def evaluate(value):
    """Evaluate all parts of a value, or raise the error about one. Core 2.19 evaluates a part when
    it is used, and marks one without a value by an object that fails when it is compared."""
    if isinstance(value, dict):
        for name in value:
            evaluate(value[name])
    elif isinstance(value, (list, tuple)):
        for part in value:
            evaluate(part)
    else:
        value == ""  # pylint: disable=pointless-statement


def in_parts(variables, value):
    """A value of hostvars of core 2.19, in which a reference to a missing variable stays as it
    is written. Earlier ones leave it so themselves."""
    if isinstance(value, dict):
        return {key: in_parts(variables, part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [in_parts(variables, part) for part in value]
    try:
        part = variables._templar.template(value)  # pylint: disable=protected-access
        evaluate(part)
        return part
    except Exception as problem:  # pylint: disable=broad-except
        if type(problem).__name__ not in UNDEFINED:
            raise
        return "".join(value)


class Variables:
    """Variables of all hosts as the host OWN sees them, each evaluated once."""

    def __init__(self, hostvars, own):
        self._hostvars = hostvars
        self._hosts = {}
        self._secrets = {}
        self.own = own
        self.groups = self.get(own, "groups") or {}

    def hosts(self):
        """Hosts of the inventory."""
        if "all" in self.groups:
            return list(self.groups["all"])
        return list(self._hostvars)

    def members(self, group):
        """Hosts of a group; None if there is no such group."""
        if self.groups:
            return list(self.groups[group]) if group in self.groups else None
        found = [host for host in self.hosts() if group in (self.get(host, "group_names") or [])]
        return found or None

    def of(self, host):
        """The variables of a host."""
        if host not in self._hosts:
            self._hosts[host] = self._hostvars[host]
        return self._hosts[host]

    def get(self, host, name, default=None):
        """A variable of a host."""
        variables = self.of(host)
        if name not in variables:
            return default
        try:
            value = variables[name]
            evaluate(value)
            return value
        except Exception as problem:  # pylint: disable=broad-except
            if type(problem).__name__ not in UNDEFINED:
                raise
            return in_parts(variables, variables._vars[name])  # pylint: disable=protected-access

    def where(self, name, host=None):
        """The host among whose variables NAME is, ourselves first; None if there is none."""
        for at in (self.own, host):
            if at is not None and name in self.of(at):
                return at
        return None

    def secret(self, name, host=None):
        """The text of a key in the vault; None if it is missing."""
        at = self.where(name, host)
        if at is None:
            return None
        if (at, name) not in self._secrets:
            self._secrets[at, name] = str(self.of(at)[name]).strip()
        return self._secrets[at, name] or None

    def name_of_secret(self, value, ending, host):
        """The vault variable with this value, for a key that the inventory refers to."""
        for at in (self.own, host):
            for name in list(self.of(at)):
                if name.startswith("vault_wg_") and name.endswith(ending) \
                        and self.secret(name, at) == value:
                    return name
        return None
