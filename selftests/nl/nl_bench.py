# SPDX-License-Identifier: GPL-2.0
"""Links and their state, for the tests of the netlink family."""
import errno
import os
import socket
import struct
import subprocess
import sys
import traceback

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

# pylint: disable=wrong-import-position
from genl import Family, Refused  # noqa: E402
from suite import Suite, same  # noqa: E402

AF_INET, AF_INET6 = 2, 10
COUNTERS = ("last-handshake", "rx-bytes", "tx-bytes", "rx-packets",
            "tx-packets", "connected", "last-reason", "unreachable", "rekeying",
            "handshake-rtt-us", "retransmissions", "lost-packets", "last-rx", "last-tx",
            "connected-since", "attempt-since", "added")


def ip(*words):
    """ip(8)."""
    subprocess.run(("ip",) + words, check=True)


def prefix(text, **more):
    """An allowed-ip entry."""
    address, length = text.split("/")
    family = AF_INET6 if ":" in address else AF_INET
    return {"family": family, "address": socket.inet_pton(family, address),
            "prefix-len": int(length), **more}


def sockaddr(text, port):
    """An endpoint."""
    if ":" in text:
        return struct.pack("=H", AF_INET6) + struct.pack("!HI", port, 0) + \
            socket.inet_pton(AF_INET6, text) + struct.pack("=I", 0)
    return struct.pack("=H", AF_INET) + struct.pack("!H", port) + \
        socket.inet_pton(AF_INET, text) + bytes(8)


def show(entry):
    """An allowed-ip entry of a dump as text."""
    return (f"{socket.inet_ntop(entry['family'], entry['address'])}"
            f"/{entry['prefix-len']}")


class Link:
    """A link and what the family says of it."""

    def __init__(self, family, name):
        self.family = family
        self.name = name
        ip("link", "add", name, "type", "naawg")
        self.index = socket.if_nametoindex(name)

    def set(self, **values):
        """set-device with attributes whose dashes are underscores."""
        body = {"ifname": self.name}
        body.update((key.replace("_", "-"), value)
                    for key, value in values.items())
        return self.family.do("set-device", self.family.build("device", body))

    def state(self):
        """Configuration: (device, peers by key), without what counts."""
        device, peers = {}, {}
        parts = self.family.dump("get-device", self.family.named(self.name))
        for part in parts:
            for peer in part.pop("peers", []):
                key = peer.pop("public-key")
                for name in COUNTERS:
                    peer.pop(name, None)
                entry = peers.setdefault(key, {"allowed-ips": []})
                more = peer.pop("allowed-ips", [])
                entry.update(peer)
                entry["allowed-ips"] += sorted(map(show, more))
            device.update(part)
        return device, peers

    def prefixes(self, key):
        """The allowed IPs of one peer."""
        return sorted(self.state()[1][key]["allowed-ips"])


def refusal(family, deed, *args):
    """The Refused that a deed must raise."""
    try:
        getattr(family, deed)(*args)
    except Refused as refused:
        return refused
    raise AssertionError(f"{args[0]} was not refused: {args[1].hex()[:200]}")


def as_nobody(deed):
    """Run DEED in a process without any capability; what it returned."""
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        status = 1
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            os.write(write, str(deed()).encode())
            status = 0
        except Exception:  # pylint: disable=broad-except
            traceback.print_exc()
        os._exit(status)
    os.close(write)
    with os.fdopen(read) as stream:
        said = stream.read()
    same(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0, "child's status")
    return said


__all__ = ["Family", "Refused", "Suite", "errno"]
