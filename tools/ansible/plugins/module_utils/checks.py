# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks values of the inventory, so that a wrong one is named before any host is asked."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import datetime
import ipaddress
import re

from ansible_collections.naawg.naawg.plugins.module_utils.variables import (
    FleetProblem, as_list)

NAME = re.compile(r"(?!-|\.{1,2}$)[A-Za-z0-9_=+.-]{1,15}")
FORWARD = re.compile(r"\d{1,5}(-\d{1,5})?:(tcp|udp)(?![A-Za-z0-9]).*")
# A time in UTC, as text or as YAML reads it without quotes.
CREATED = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:Z|\+00:00)?)?")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# A template that has no value for a host
UNDEFINED = re.compile(r"\{\{\s*((\w*)[^{}]*?)\s*\}\}")
COMMANDS = ("pre_up", "post_up", "pre_down", "post_down")
LIMITS = {"listen_port": (0, 65535), "mtu": (576, 65535), "persistent_keepalive": (0, 65535)}


def is_number(value, low, high):
    """Whether a value, or the text of a template, is a number in a range."""
    return re.fullmatch(r"\d{1,10}", str(value).strip()) is not None and low <= int(value) <= high


def check_number(where, options, name):
    """A number of the inventory is in the range of its option."""
    value = options.get(name)
    if value is None or value == "" or name == "persistent_keepalive" and value == "off":
        return
    low, high = LIMITS[name]
    if not is_number(value, low, high):
        raise FleetProblem("%s: %s must be a number from %d to %d, not %s"
                           % (where, name, low, high, value))


def check_addresses(where, options, name, make):
    """Each item of a list is an address or a network."""
    for value in as_list(options.get(name)):
        try:
            make(str(value))
        except ValueError:
            raise FleetProblem("%s: %s: %s is no address or network"
                               % (where, name, value)) from None


def check_endpoint(where, options):
    """The port of an endpoint is one."""
    text = str(options.get("endpoint") or "")
    port = re.fullmatch(r"(?:\[[^\]]+\]|[^:]+):([^:]*)", text)
    if port and not is_number(port.group(1), 1, 65535):
        raise FleetProblem("%s: endpoint %s: the port must be a number from 1 to 65535"
                           % (where, text))


def created(where, value):
    """The time when a key was made, as a file of a tunnel has it."""
    found = CREATED.fullmatch(value)
    try:
        day, time = found.groups() if found else ("", None)
        datetime.datetime.strptime("%s %s" % (day, time or "00:00:00"), "%Y-%m-%d %H:%M:%S")
    except ValueError:
        raise FleetProblem("%s: %s is no time in UTC, such as 2026-11-30T12:00:00Z"
                           % (where, value)) from None
    return "%sT%sZ" % (day, time) if time else day


def check_text(where, options):
    """A line break in a value would begin another line of the file. The text is not printed, as it
    may be a key."""
    for name in options:
        if name in ("private_key", "preshared_key"):
            continue
        for value in as_list(options[name], split=False):
            if isinstance(value, str) and CONTROL.search(value.strip()):
                raise FleetProblem("%s: %s has a line break or another control character"
                                   % (where, name))


def check_defined(where, host, options):
    """Each value has one for this host. A template of Ansible without one stays as it is written;
    a key that is missing is reported by its variable, and commands may have braces."""
    for name in options:
        if name in COMMANDS or name in ("private_key", "preshared_key", "peers"):
            continue
        for value in as_list(options[name], split=False):
            found = UNDEFINED.search(value) if isinstance(value, str) else None
            if found:
                raise FleetProblem("%s: %s: {{ %s }} has no value for %s: set it in the variable %s"
                                   % (where, name, found.group(1), host, found.group(2)))


def check_interface(host, options):
    """The options of an interface are in their ranges."""
    name = str(options.get("name") or "wg0")
    check_defined("%s: naawg_interfaces" % host, host, options)
    if not NAME.fullmatch(name):
        raise FleetProblem("%s: an interface cannot be called %s: a name has up to 15 letters, "
                           "digits or _=+.-" % (host, name))
    where = "%s: interface %s" % (host, name)
    check_text(where, options)
    for option in ("listen_port", "mtu"):
        check_number(where, options, option)
    check_addresses(where, options, "address", ipaddress.ip_interface)
    check_addresses(where, options, "networks", ipaddress.ip_interface)
    check_endpoint(where, options)
    for forward in as_list(options.get("forwards")):
        if re.match(r"\d", str(forward)) and not FORWARD.fullmatch(str(forward)):
            raise FleetProblem("%s: forwards: %s is no forward: write PORT:tcp:ADDRESS or "
                               "PORT:udp:ADDRESS" % (where, forward))


def check_peer(host, interface, options):
    """The options of a peer are in their ranges, and it is not the host itself."""
    name = options.get("host") or options.get("name") or options.get("peer_name") or "without name"
    where = "%s: peer %s of %s" % (host, name, interface)
    if options.get("host") == host and options.get("interface", interface) == interface:
        raise FleetProblem("%s: a host cannot be its own peer" % where)
    check_defined(where, host, options)
    check_text(where, options)
    check_number(where, options, "persistent_keepalive")
    check_addresses(where, options, "allowed_ips", ipaddress.ip_interface)
    check_endpoint(where, options)
