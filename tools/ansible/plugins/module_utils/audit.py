# SPDX-License-Identifier: GPL-2.0-or-later
"""Audit lines: who changed what of a tunnel, one line an event in the journal of the host."""
from __future__ import absolute_import, division, print_function
__metaclass__ = type

import re
import socket

JOURNAL = "/run/systemd/journal/socket"
SYSLOG = "/dev/log"
IDENTIFIER = "naawg-audit"
NOTICE = 5
DAEMON = 3

SENTENCES = {
    "peer-added": "peer {peer} added to {interface}",
    "peer-removed": "peer {peer} removed from {interface}",
    "peer-changed": "peer {peer} of {interface} changed",
    "peer-revoked": "peer {peer} revoked on {interface}",
    "psk-rotated": "preshared key of peer {peer} of {interface} rotated",
    "identity-rotated": "identity of {peer} on {interface} rotated",
    "forward-added": "forward {detail} added to {interface}",
    "forward-removed": "forward {detail} removed from {interface}",
    "interface-up": "interface {interface} brought up",
    "interface-down": "interface {interface} taken down",
    "interface-removed": "interface {interface} removed",
    "policy-changed": "policy changed",
}
# Values of options come from an inventory, so they could hold the start of another field.
CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


def event(kind, interface="", **about):
    """One event: `peer`, `public_key` and `detail` say more."""
    return dict(about, event=kind, interface=interface)


def fields(happened, actor):
    """The fields of one line, as pairs in their order."""
    values = {name: CONTROL.sub(" ", str(happened.get(name) or ""))
              for name in ("interface", "peer", "public_key", "detail")}
    peer = values["peer"] or values["public_key"] or "the interface"
    message = SENTENCES[happened["event"]].format(interface=values["interface"], peer=peer,
                                                  detail=values["detail"])
    actor = CONTROL.sub(" ", actor or "unknown")
    pairs = [("MESSAGE", "%s by %s" % (message, actor)), ("PRIORITY", str(NOTICE)),
             ("SYSLOG_IDENTIFIER", IDENTIFIER), ("NAAWG_EVENT", happened["event"]),
             ("NAAWG_INTERFACE", values["interface"]), ("NAAWG_PEER", values["peer"]),
             ("NAAWG_PUBLIC_KEY", values["public_key"]), ("NAAWG_ACTOR", actor)]
    return [pair for pair in pairs if pair[1]]


def datagram(path, payload):
    """Send one datagram; False if nobody listens."""
    sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        # A journal that does not read must not stop a change of a tunnel.
        sender.settimeout(2)
        sender.sendto(payload, path)
    except OSError:
        return False
    finally:
        sender.close()
    return True


def record(events, actor):
    """Write a line for each event. A host without a journal gets them by syslog; without
    either there is no audit."""
    for happened in events:
        pairs = fields(happened, actor)
        native = "".join("%s=%s\n" % pair for pair in pairs)
        if datagram(JOURNAL, native.encode()):
            continue
        rest = " ".join("%s=%s" % pair for pair in pairs[3:])
        line = "<%d>%s: %s %s" % (DAEMON * 8 + NOTICE, IDENTIFIER, pairs[0][1], rest)
        datagram(SYSLOG, line.encode())


def of_lines(lines, interface, peers, revoked=()):
    """The events in lines of a change, such as `+ peer web`. `peers` has the public keys of
    names; `revoked` has names and public keys of peers that are removed for good."""
    found = {}
    changed = {}
    for line in lines:
        peer = re.match(r"^(?:file: )?([+~-]) peer (.+?)(?:: (.*))?$", line)
        forward = re.match(r"^(?:file: )?([+-]) forward (.*)$", line)
        # With details it is a change, such as `+ peer web: allowed IP 10.0.0.2/32`.
        if peer and peer.group(3):
            # The time of a key is a comment of the file.
            if peer.group(3).startswith("Created "):
                continue
            changed.setdefault(peer.group(2), []).append(peer.group(3))
        elif peer:
            name = peer.group(2)
            kind = "peer-added" if peer.group(1) == "+" else "peer-removed"
            if kind == "peer-removed" and (name in revoked or peers.get(name) in revoked):
                kind = "peer-revoked"
            found[kind, name] = event(kind, interface, peer=name, public_key=peers.get(name))
        elif forward:
            kind = "forward-added" if forward.group(1) == "+" else "forward-removed"
            found[kind, forward.group(2)] = event(kind, interface, detail=forward.group(2))
        elif re.match(r"^(file: )?~ (identity|PrivateKey)", line):
            found["identity-rotated", ""] = event("identity-rotated", interface)
    for name, details in changed.items():
        if any((kind, name) in found for kind in ("peer-added", "peer-removed", "peer-revoked")):
            continue
        kind = kind_of_change(details)
        found[kind, name] = event(kind, interface, peer=name, public_key=peers.get(name))
    return list(found.values())


def kind_of_change(details):
    """The event of a peer that stays, from what its lines say."""
    if any(text.lower().startswith(("public key", "publickey")) for text in details):
        return "identity-rotated"
    if all(text.lower().startswith(("preshared key", "presharedkey")) for text in details):
        return "psk-rotated"
    return "peer-changed"
