#!/usr/bin/python
# SPDX-License-Identifier: GPL-2.0-or-later
"""Ansible module: a naawg interface and its file."""
from __future__ import absolute_import, division, print_function
__metaclass__ = type

DOCUMENTATION = r"""
---
module: naawg_interface
short_description: Configure a naawg tunnel
version_added: 1.0.0
description:
  - Writes C(/etc/naawg/NAME.conf) and makes the running interface match it. Peers that stay keep
    their sessions.
  - The file is checked as a whole, with the policy of the host, before anything changes. If it is
    refused, file and interface stay as they were.
  - A running interface that no longer matches its file is reported and mended.
  - An interface, port or file that another program manages is refused.
options:
  name:
    description: Name of the interface.
    type: str
    default: wg0
  state:
    description:
      - C(present) writes the file, and applies it if the interface is up.
      - C(up) also brings the interface up.
      - C(down) takes the interface down. The file stays as it is.
      - C(absent) takes the interface down and removes the file. It also removes the blackhole
        routes that I(kill) leaves.
    type: str
    choices: [present, up, down, absent]
    default: present
  private_key:
    description: Private key. Without it, the file keeps its present key.
    type: str
  created:
    description:
      - Time in UTC when the private key was made, such as C(2026-11-30T12:00:00Z), or the day. The
        file gets it as a comment, from which the tool knows the age of the key. Without it, the
        file keeps its time as long as the key is the same.
    type: str
  address:
    description: Addresses of the interface, each with the prefix length of its network.
    type: list
    elements: str
    default: []
  listen_port:
    description: UDP port. Without it or with 0, the kernel chooses one.
    type: int
  fwmark:
    description: Firewall mark of outer packets, decimal, or hexadecimal after C(0x).
    type: str
  mtu:
    description: MTU, 576 to 65535. Without it, the tool computes it from the routes.
    type: int
  table:
    description: C(auto), C(off), or the routing table of the routes.
    type: str
  dns:
    description: Name servers and search domains.
    type: list
    elements: str
    default: []
  kill:
    description: Whether packets for the networks of the tunnel are dropped while it is down.
    type: bool
  answer_unreachable:
    description: Whether packets for an unreachable peer are answered with ICMP.
    type: bool
  pre_up:
    description: Commands that run before the interface is configured.
    type: list
    elements: str
    default: []
  post_up:
    description: Commands that run after the interface is up.
    type: list
    elements: str
    default: []
  pre_down:
    description: Commands that run before the interface is removed.
    type: list
    elements: str
    default: []
  post_down:
    description: Commands that run after the interface is removed.
    type: list
    elements: str
    default: []
  save_config:
    description: >-
      Only C(false) is accepted. With C(true), the running configuration would overwrite what the
      inventory says.
    type: bool
    default: false
  forwards:
    description: Port forwards in the form of C(naawg forward), such as C(3306:tcp:10.101.0.2).
    type: list
    elements: str
    default: []
  forward_interface:
    description: Interface through which the connections of forwards leave.
    type: str
  peers:
    description: The peers.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the peer, for messages.
        type: str
      public_key:
        description: Public key.
        type: str
        required: true
      preshared_key:
        description: Preshared key.
        type: str
      created:
        description: Time when the preshared key was made, as for the private key.
        type: str
      allowed_ips:
        description: Networks of the peer.
        type: list
        elements: str
        default: []
      endpoint:
        description: C(HOST:PORT) of the peer. A name that cannot be resolved is resolved later.
        type: str
      persistent_keepalive:
        description: Seconds between packets that keep a NAT open, or C(off).
        type: str
  manage_peers:
    description: If C(false), peers that are not listed stay, in the file and on the interface.
    type: bool
    default: true
  revoked:
    description: >-
      Names and public keys of revoked peers. If one of them is removed, the audit line says
      C(peer-revoked) instead of C(peer-removed).
    type: list
    elements: str
    default: []
  removed:
    description: >-
      Names and public keys of peers that do not stay, though I(manage_peers) is C(false).
    type: list
    elements: str
    default: []
  delay:
    description:
      - A running interface is changed so many seconds after the check of its file. In this time,
        other hosts of the same task can get ready to follow the change, by I(after_session).
    type: int
    default: 0
  after_session:
    description:
      - The change is prepared, and made as soon as the running interface has a session with each
        of these peers. If the time ends before that, nothing changes, and the task fails.
    type: dict
    suboptions:
      public_keys:
        description: Public keys of the peers.
        type: list
        elements: str
        required: true
      timeout:
        description: Seconds to wait.
        type: int
        default: 20
      call_after:
        description: >-
          Seconds after which this host calls a peer that has no session yet. Without it, the peer
          has to call.
        type: int
  call:
    description:
      - Public keys of peers that the host calls after the change, so that they need not wait for a
        packet. Peers without an endpoint are left out. A peer that does not answer is no failure.
    type: list
    elements: str
    default: []
  actor:
    description: Who makes the change, for the audit lines.
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
    description: Shows differences of file and interface, without keys.
    support: full
notes:
  - Each change writes a line with the identifier C(naawg-audit) to the journal.
"""

EXAMPLES = r"""
- name: Configure a tunnel
  naawg.naawg.naawg_interface:
    name: wg0
    state: up
    private_key: "{{ vault_wg_web_private_key }}"
    address: [10.100.0.10/24]
    listen_port: 51820
    peers:
      - name: services
        public_key: "{{ vault_wg_services_private_key | naawg.naawg.public_key }}"
        preshared_key: "{{ vault_wg_services_web_preshared_key }}"
        allowed_ips: [10.100.0.11/32]
        endpoint: 192.0.2.2:51820
        persistent_keepalive: 25

- name: Change a private key, and call a peer, which waits for that by after_session
  naawg.naawg.naawg_interface:
    name: wg0
    private_key: "{{ vault_wg_web_private_key_next }}"
    address: [10.100.0.10/24]
    listen_port: 51820
    delay: 3
    call: "{{ [vault_wg_services_private_key | naawg.naawg.public_key] }}"

- name: Remove a tunnel
  naawg.naawg.naawg_interface:
    name: wg0
    state: absent
"""

RETURN = r"""
interface:
  description: Name of the interface.
  returned: always
  type: str
  sample: wg0
public_key:
  description: Public key of the interface.
  returned: with the states present and up
  type: str
changes:
  description: >-
    What changed or would change, one line a difference. Lines about the file begin with C(file).
    No line has a key or a command.
  returned: always
  type: list
  elements: str
  sample: ["file: + peer alice", "+ peer alice", "+ route 10.8.0.2/32 table 254"]
"""

import re

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.naawg.naawg.plugins.module_utils import audit, conf_file, sessions
from ansible_collections.naawg.naawg.plugins.module_utils import tool as tools
from ansible_collections.naawg.naawg.plugins.module_utils.tunnel_state import Tunnel


LISTS = ("address", "dns", "pre_up", "post_up", "pre_down", "post_down", "forwards", "revoked",
         "removed", "peers")


def listing():
    """An option that is a list of texts."""
    return {"type": "list", "elements": "str", "default": []}


def spec():
    """The options."""
    peer = {
        "name": {"type": "str"},
        "public_key": {"type": "str", "required": True, "no_log": False},
        "preshared_key": {"type": "str", "no_log": True},
        "created": {"type": "str"},
        "allowed_ips": listing(),
        "endpoint": {"type": "str"},
        "persistent_keepalive": {"type": "str"},
    }
    options = {
        "name": {"type": "str", "default": "wg0"},
        "state": {"type": "str", "default": "present",
                  "choices": ["present", "up", "down", "absent"]},
        "private_key": {"type": "str", "no_log": True},
        "created": {"type": "str"},
        "listen_port": {"type": "int"},
        "fwmark": {"type": "str"},
        "mtu": {"type": "int"},
        "table": {"type": "str"},
        "kill": {"type": "bool"},
        "answer_unreachable": {"type": "bool"},
        "save_config": {"type": "bool", "default": False},
        "forward_interface": {"type": "str"},
        "peers": {"type": "list", "elements": "dict", "default": [], "options": peer},
        "manage_peers": {"type": "bool", "default": True},
        "delay": {"type": "int", "default": 0},
        "after_session": {"type": "dict", "options": {
            "public_keys": {"type": "list", "elements": "str", "required": True, "no_log": False},
            "timeout": {"type": "int", "default": 20},
            "call_after": {"type": "int"}}},
        "call": listing(),
        "actor": {"type": "str"},
    }
    for name in LISTS[:-1]:
        options[name] = listing()
    return dict(options, **tools.COMMON_SPEC)


def items(texts):
    """The parts of a list whose texts may be lists with commas, as in a file."""
    return [part for text in texts for part in re.split(r"[,\s]+", text) if part]


def check_name_of_peer(text):
    """A name that a line of the file can hold."""
    tools.check_line(text)
    if "#" in text or text != text.strip():
        raise ValueError("'%s' has a # or a blank at its begin or end" % text)


def check_fwmark(text):
    """Decimal, or hexadecimal after 0x, or off."""
    try:
        number = 0 if text == "off" else int(text, 16 if text[:2].lower() == "0x" else 10)
    except ValueError:
        raise ValueError("'%s' is no number: decimal, or hexadecimal after 0x" % text) from None
    tools.check_range(number, 0, 0xffffffff)


def check_word(text):
    """A value without blanks, which a line of the file can hold."""
    if not text or text.split() != [text] or "#" in text:
        raise ValueError("'%s' is empty, or has a blank or a #" % text)


def check_options(module):
    """Fail with the name of the first wrong option."""
    given = module.params
    for name in LISTS:
        given[name] = given[name] or []
    for name in "address", "dns":
        given[name] = items(given[name])
    check = tools.check_option
    check(module, "name", tools.check_interface, given["name"])
    if given["save_config"]:
        module.fail_json(msg="save_config: true would let `naawg-quick down` write the running "
                             "configuration over the file, but the inventory is its source. "
                             "Leave this option out")
    simple = (("private_key", tools.check_key, {"secret": True}),
              ("created", tools.check_created, {}),
              ("listen_port", tools.check_port, {}), ("fwmark", check_fwmark, {}),
              ("mtu", tools.check_range, {"low": 576, "high": 65535}), ("table", check_word, {}),
              ("forward_interface", tools.check_interface, {}))
    for name, function, options in simple:
        if given[name] is not None:
            check(module, name, function, given[name], **options)
    check(module, "address", tools.check_prefix, *given["address"])
    check(module, "dns", check_word, *given["dns"])
    for name in "pre_up", "post_up", "pre_down", "post_down", "forwards":
        check(module, name, tools.check_line, *given[name])
    check(module, "delay", tools.check_range, given["delay"], low=0, high=300)
    check(module, "call", tools.check_key, *given["call"] or [])
    check_awaited(module, given["after_session"] or {})
    for number, peer in enumerate(given["peers"]):
        check_peer(module, peer, "peers[%d] (%s)" % (number, peer["name"] or "without a name"))


def check_awaited(module, awaited):
    """The members of the option after_session."""
    tools.check_option(module, "after_session public_keys", tools.check_key,
                       *awaited.get("public_keys") or [])
    for name in "timeout", "call_after":
        if awaited.get(name) is not None:
            tools.check_option(module, "after_session " + name, tools.check_range, awaited[name],
                               low=0, high=3600)


def check_peer(module, peer, where):
    """The options of one peer."""
    peer["allowed_ips"] = items(peer["allowed_ips"] or [])
    checks = (("name", check_name_of_peer, {}), ("public_key", tools.check_key, {}),
              ("preshared_key", tools.check_key, {"secret": True}),
              ("created", tools.check_created, {}), ("endpoint", tools.check_endpoint, {}),
              ("persistent_keepalive", tools.check_keepalive, {}))
    for name, function, options in checks:
        if peer[name] not in (None, ""):
            tools.check_option(module, "%s %s" % (where, name), function, peer[name], **options)
    tools.check_option(module, where + " allowed_ips", tools.check_prefix, *peer["allowed_ips"])


def events(module, tunnel):
    """The audit lines of a change."""
    name = tunnel.name
    peers = {}
    for conf in tunnel.old, tunnel.new:
        for peer in conf.peers if conf else ():
            peers[conf_file.label(peer)] = conf_file.last(peer, "PublicKey")
    found = audit.of_lines(tunnel.lines, name, peers, module.params["revoked"])
    for line in tunnel.lines:
        if line == "+ interface %s up" % name:
            found.append(audit.event("interface-up", name, public_key=tunnel.public_key))
        elif line == "- interface %s up" % name:
            found.append(audit.event("interface-down", name))
        elif line == "- %s" % tunnel.path:
            found.append(audit.event("interface-removed", name))
    return found


def main():
    """Run the module."""
    module = AnsibleModule(argument_spec=spec(), supports_check_mode=True)
    check_options(module)
    tunnel = Tunnel(module, tools.Tool(module))
    if module.params["state"] in ("present", "up"):
        changed = tunnel.ensure()
        if tunnel.exists and not module.check_mode:
            sessions.call(tunnel.tool, tunnel.name, module.params["call"])
    else:
        changed = tunnel.down()
    if changed and not module.check_mode:
        audit.record(events(module, tunnel), module.params["actor"])
    result = {"changed": changed, "interface": tunnel.name, "changes": tunnel.lines}
    if tunnel.public_key:
        result["public_key"] = tunnel.public_key
    if module._diff:
        result["diff"] = {"prepared": "".join(line + "\n" for line in tunnel.lines)}
    module.exit_json(**result)


if __name__ == "__main__":
    main()
