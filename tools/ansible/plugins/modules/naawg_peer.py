#!/usr/bin/python
# SPDX-License-Identifier: GPL-2.0-or-later
"""Ansible module: a peer of a running interface, not in its file."""
from __future__ import absolute_import, division, print_function
__metaclass__ = type

DOCUMENTATION = r"""
---
module: naawg_peer
short_description: Add, change or remove a peer of a running naawg interface
version_added: 1.0.0
description:
  - Changes the interface only, not its file. The next run of M(naawg.naawg.naawg_interface)
    removes peers that are not in its list.
  - A rotation uses it for the successor of a peer, which has no allowed IPs yet.
options:
  interface:
    description: Name of the interface.
    type: str
    default: wg0
  public_key:
    description: Public key of the peer.
    type: str
    required: true
  preshared_key:
    description: >-
      Preshared key. Without it, the peer keeps its present one. An empty text removes it.
    type: str
  endpoint:
    description: C(HOST:PORT) of the peer. Without it, the peer keeps its present one.
    type: str
  persistent_keepalive:
    description: Seconds, or C(off). Without it, the peer keeps its present one.
    type: str
  allowed_ips:
    description: >-
      Networks of the peer. They leave the peer that has them now. Without this option, a new peer
      has none, and an existing one keeps its own.
    type: list
    elements: str
  state:
    description: Whether the peer exists.
    type: str
    choices: [present, absent]
    default: present
  name:
    description: Name of the peer, for the audit line.
    type: str
  event:
    description: >-
      The event of the audit line, for a change that is a part of something larger. Empty for no
      line; without it, the line says that the peer was added, changed or removed.
    type: str
    choices: ['', peer-added, peer-removed, peer-changed, peer-revoked, psk-rotated,
              identity-rotated]
  actor:
    description: Who makes the change, for the audit line.
    type: str
extends_documentation_fragment:
  - naawg.naawg.tool
author:
  - the naawg authors (@naawg)
attributes:
  check_mode:
    description: Changes nothing, and reports what would change.
    support: full
  diff_mode:
    description: Shows the differences, without keys.
    support: full
"""

EXAMPLES = r"""
- name: Let the interface know the next key of a peer
  naawg.naawg.naawg_peer:
    interface: wg0
    public_key: "{{ vault_wg_web_private_key_next | naawg.naawg.public_key }}"
    preshared_key: "{{ vault_wg_services_web_preshared_key }}"
"""

RETURN = r"""
changes:
  description: What changed or would change, without keys.
  returned: always
  type: list
  elements: str
"""

import ipaddress
import socket

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.naawg.naawg.plugins.module_utils import audit
from ansible_collections.naawg.naawg.plugins.module_utils import tool as tools


def present_peer(tool, name, public_key):
    """The peer as `show dump` prints it, or None."""
    for line in tool.must("show", name, "dump").splitlines()[1:]:
        words = line.split("\t")
        if words[0] == public_key:
            return dict(zip(("public_key", "preshared_key", "endpoint", "allowed_ips", "handshake",
                             "rx", "tx", "persistent_keepalive"), words))
    return None


def networks(texts):
    """Prefixes in one spelling, sorted."""
    return sorted(str(ipaddress.ip_network(text, strict=False)) for text in texts)


def is_endpoint(text, present):
    """Whether an endpoint, perhaps with a name for its host, is the present one."""
    host, _colon, port = text.rpartition(":")
    try:
        found = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_DGRAM)
    except OSError:
        return text == present
    forms = ("[%s]:%d" if family == socket.AF_INET6 else "%s:%d" for family in
             (entry[0] for entry in found))
    return present in [form % entry[4][:2] for form, entry in zip(forms, found)]


def plan(given, peer):
    """Lines about the differences, the arguments that make them, and a key for standard input."""
    lines, words, secret = [], [], None
    label = given["name"] or given["public_key"]
    say = lines.append
    if peer is None:
        say("+ peer %s" % label)
        peer = {"preshared_key": "(none)", "endpoint": "(none)", "allowed_ips": "(none)",
                "persistent_keepalive": "off"}
    wanted = given["preshared_key"]
    if wanted is not None and (wanted or "(none)") != peer["preshared_key"]:
        say("~ peer %s: preshared key %s" % (label, "changed" if wanted else "removed"))
        words += ["preshared-key", "/dev/stdin" if wanted else "/dev/null"]
        secret = wanted
    if given["endpoint"] and not is_endpoint(given["endpoint"], peer["endpoint"]):
        say("~ peer %s: endpoint %s -> %s" % (label, peer["endpoint"], given["endpoint"]))
        words += ["endpoint", given["endpoint"]]
    keepalive = given["persistent_keepalive"]
    keepalive = "off" if keepalive == "0" else keepalive
    if keepalive and keepalive != peer["persistent_keepalive"]:
        say("~ peer %s: persistent keepalive %s -> %s"
            % (label, peer["persistent_keepalive"], keepalive))
        words += ["persistent-keepalive", keepalive]
    if given["allowed_ips"] is not None:
        now = [] if peer["allowed_ips"] == "(none)" else peer["allowed_ips"].split(",")
        if networks(now) != networks(given["allowed_ips"]):
            say("~ peer %s: allowed IPs %s -> %s"
                % (label, ", ".join(networks(now)) or "(none)",
                   ", ".join(networks(given["allowed_ips"])) or "(none)"))
            words += ["allowed-ips", ",".join(given["allowed_ips"])]
    return lines, words, secret


def check_options(module):
    """Fail with the name of the first wrong option."""
    given = module.params
    check = tools.check_option
    check(module, "interface", tools.check_interface, given["interface"])
    check(module, "public_key", tools.check_key, given["public_key"])
    if given["preshared_key"]:
        check(module, "preshared_key", tools.check_key, given["preshared_key"], secret=True)
    if given["endpoint"]:
        check(module, "endpoint", tools.check_endpoint, given["endpoint"])
    if given["persistent_keepalive"]:
        check(module, "persistent_keepalive", tools.check_keepalive, given["persistent_keepalive"])
    check(module, "allowed_ips", tools.check_prefix, *(given["allowed_ips"] or []))


def spec():
    """The options."""
    events = ["", "peer-added", "peer-removed", "peer-changed", "peer-revoked", "psk-rotated",
              "identity-rotated"]
    return dict({
        "interface": {"type": "str", "default": "wg0"},
        "public_key": {"type": "str", "required": True, "no_log": False},
        "preshared_key": {"type": "str", "no_log": True},
        "endpoint": {"type": "str"},
        "persistent_keepalive": {"type": "str"},
        "allowed_ips": {"type": "list", "elements": "str"},
        "state": {"type": "str", "default": "present", "choices": ["present", "absent"]},
        "name": {"type": "str"},
        "event": {"type": "str", "choices": events},
        "actor": {"type": "str"},
    }, **tools.COMMON_SPEC)


def record(module, lines):
    """The audit line of a change."""
    given = module.params
    kind = given["event"]
    if kind is None:
        kind = {"+": "peer-added", "-": "peer-removed"}.get(lines[0][0], "peer-changed")
    if kind:
        audit.record([audit.event(kind, given["interface"], peer=given["name"],
                                  public_key=given["public_key"])], given["actor"])


def main():
    """Run the module."""
    module = AnsibleModule(argument_spec=spec(), supports_check_mode=True)
    check_options(module)
    given = module.params
    tool = tools.Tool(module)
    peer = present_peer(tool, given["interface"], given["public_key"])
    secret = None
    if given["state"] == "absent":
        lines = [] if peer is None else ["- peer %s" % (given["name"] or given["public_key"])]
        words = ["remove"]
    else:
        lines, words, secret = plan(given, peer)
    if lines and not module.check_mode:
        tool.must("set", given["interface"], "peer", given["public_key"], *words, stdin=secret)
        record(module, lines)
    result = {"changed": bool(lines), "changes": lines}
    if module._diff:
        result["diff"] = {"prepared": "".join(line + "\n" for line in lines)}
    module.exit_json(**result)


if __name__ == "__main__":
    main()
