# SPDX-License-Identifier: GPL-2.0
"""churn.py ROUNDS A B DIRECTORY: what churn.sh does with the tool, many times as
often: a process that lives on tells the kernel by netlink. A and B are namespaces
with tunnel t0 between them; the keys a, b and c are files in DIRECTORY."""
import base64
import os
import socket
import struct
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "nl"))

# pylint: disable=wrong-import-position
import netns  # noqa: E402
from genl import Family, Netlink, attr  # noqa: E402
from nl_bench import prefix, sockaddr  # noqa: E402

NETLINK_ROUTE = 0
RTM_NEWLINK, RTM_DELLINK = 16, 17
NLM_F_EXCL, NLM_F_CREATE = 0x200, 0x400
IFLA_IFNAME, IFLA_LINKINFO, IFLA_NET_NS_FD = 3, 18, 28
IFLA_INFO_KIND = 1
IFF_UP = 1
REMOVE_ME = ("peer-flag", "remove-me")

HOME = netns.here()


class Host:
    """A namespace, with sockets in it."""

    spec = None

    def __init__(self, name=None):
        if name:
            netns.enter(name)
        else:
            netns.leave()
        self.namespace = netns.here()
        self.family = Family(Host.spec)
        Host.spec = self.family.spec
        self.route = Netlink(NETLINK_ROUTE)
        netns.enter(HOME)

    def close(self):
        """Leave the namespace, which deletes it and its links if it has no other user."""
        self.family.sock.close()
        self.route.sock.close()
        os.close(self.namespace)

    def link(self, kind, name, more=b"", flags=0, change=0, how=0):
        """A link made, changed or deleted."""
        self.route.exchange(kind, struct.pack("=BxHiII", 0, 0, 0, flags, change)
                            + attr(IFLA_IFNAME, name.encode() + b"\0") + more,
                            how)

    def add(self, name):
        """A link of ours, which is down."""
        self.link(RTM_NEWLINK, name,
                  attr(IFLA_LINKINFO, attr(IFLA_INFO_KIND, b"naawg\0")),
                  how=NLM_F_CREATE | NLM_F_EXCL)

    def up(self, name):
        """Traffic may begin."""
        self.link(RTM_NEWLINK, name, flags=IFF_UP, change=IFF_UP)

    def down(self, name):
        """All sessions end."""
        self.link(RTM_NEWLINK, name, change=IFF_UP)

    def delete(self, name):
        """Delete a link."""
        self.link(RTM_DELLINK, name)

    def move(self, name, host):
        """Move a link to another namespace."""
        self.link(RTM_NEWLINK, name,
                  attr(IFLA_NET_NS_FD, struct.pack("=I", host.namespace)))

    def set(self, name, **values):
        """set-device with attributes whose dashes are underscores."""
        body = {"ifname": name}
        body.update((key.replace("_", "-"), value)
                    for key, value in values.items())
        self.family.do("set-device", self.family.build("device", body))

    def set_peer(self, name, public, *flags, **values):
        """One peer."""
        peer = {"public-key": public,
                "flags": sum(self.spec.flags[flag] for flag in flags)}
        peer.update((key.replace("_", "-"), value)
                    for key, value in values.items())
        self.set(name, peers=[peer])

    def set_forwards(self, name, flags, *forwards):
        """set-forwards."""
        self.family.do("set-forwards", self.family.build(
            "device", {"ifname": name, "forward-flags": flags,
                       "forwards": list(forwards)}))


def key(directory, name):
    """A private key and its public key."""
    def read(ending):
        with open(os.path.join(directory, name + ending), "rb") as file:
            return base64.b64decode(file.read())
    return read(".key"), read(".pub")


ROUNDS = int(sys.argv[1])
a, b = Host(sys.argv[2]), Host(sys.argv[3])
KEYS = {name: key(sys.argv[4], name) for name in "abc"}
TO_B = {"endpoint": sockaddr("192.0.2.2", 5002),
        "allowed_ips": [prefix("10.9.0.2/32"), prefix("fd09::2/128")]}


def turn_peer(_):
    """Remove the peer of the traffic and add it again."""
    a.set_peer("t0", KEYS["b"][1], REMOVE_ME)
    a.set_peer("t0", KEYS["b"][1], **TO_B)


def turn_others(number):
    """Another peer, with prefixes that change."""
    public = KEYS["c"][1]
    b.set_peer("t0", public, allowed_ips=[
        prefix(f"10.1.{number % 200}.0/24"), prefix("fd01::/64")])
    b.set_peer("t0", public, ("peer-flag", "replace-allowed-ips"),
               allowed_ips=[prefix("10.2.0.0/16")])
    b.set_peer("t0", public, REMOVE_ME)


def turn_forward(_):
    """Port forwards, with the connections they have."""
    flags = a.spec.flags
    address = socket.inet_aton("192.0.2.2")
    for flag, request in ((0, 0), (flags["forward-flag", "remove-me"],
                                   flags["forward-request-flag", "kill"])):
        a.set_forwards(
            "t0", request,
            {"proto": socket.IPPROTO_TCP, "port": 8080, "port-last": 8090,
             "address": address, "to-port": 80, "flags": flag},
            {"proto": socket.IPPROTO_UDP, "port": 53, "address": address,
             "flags": flag})


def turn_down(_):
    """All sessions end and begin again."""
    b.down("t0")
    b.up("t0")


def turn_device(_):
    """A link that is deleted while it initiates."""
    a.add("t1")
    a.set("t1", private_key=KEYS["c"][0], peers=[
        {"public-key": KEYS["a"][1], "allowed-ips": [prefix("10.3.0.0/16")],
         "endpoint": TO_B["endpoint"], "persistent-keepalive-interval": 1}])
    a.up("t1")
    a.delete("t1")


def turn_namespace(_):
    """A link goes away with its namespace, or with the one of its sockets."""
    c = Host()
    a.add("t2")
    a.move("t2", c)
    c.add("t3")
    c.move("t3", a)
    c.set("t2", private_key=KEYS["c"][0])
    c.set_peer("t2", KEYS["b"][1], **TO_B)
    c.up("t2")
    a.up("t3")
    c.close()
    a.delete("t3")


def turn_identity(number):
    """The end of the traffic has another private key for a moment."""
    a.set("t0", private_key=KEYS["c"][0], listen_port=5003 + number % 2)
    a.set("t0", private_key=KEYS["a"][0], listen_port=5001)


TURNS = (turn_peer, turn_others, turn_forward, turn_down, turn_device,
         turn_namespace, turn_identity)
spent = [0.0] * len(TURNS)
for turn in range(ROUNDS):
    which = turn % len(TURNS)
    began = time.monotonic()
    TURNS[which](turn)
    spent[which] += time.monotonic() - began
print({deed.__name__: round(seconds, 1)
       for deed, seconds in zip(TURNS, spent)})
