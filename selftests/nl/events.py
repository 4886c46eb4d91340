# SPDX-License-Identifier: GPL-2.0
"""Notifications about changes: one per change, with who made it."""
import os
import socket
import struct
import subprocess
import time

from genl import Events
from nl_bench import (Family, Link, Refused, Suite, as_nobody, errno, ip, prefix,
                      refusal, same, show, sockaddr)

TOOL = os.environ["WG"]
SERVICE = socket.inet_aton("192.0.2.80")
MANY = 5000

family = Family()
suite = Suite()
link = Link(family, "t0")
events = Events(family)
FLAGS = family.spec.flags
DEVICE_REPLACE = FLAGS["device-flag", "replace-peers"]
PEER_REMOVE = FLAGS["peer-flag", "remove-me"]
PEER_REPLACE = FLAGS["peer-flag", "replace-allowed-ips"]
PEER_UPDATE = FLAGS["peer-flag", "update-only"]
PREFIX_REMOVE = FLAGS["allowed-ip-flag", "remove-me"]
FORWARDS_REPLACE = FLAGS["forward-request-flag", "replace"]
A, B, C, SECRET = (os.urandom(32) for _ in range(4))
MARKER = bytes(31) + b"m"


def heard():
    """The next event, flat: its name, peers and the rest, after a look at its author."""
    name, event = events.next()
    same((event["ifname"], event["ifindex"]), ("t0", link.index))
    same((event["uid"], event["program"]), (os.getuid(), "python3"), "author")
    return name[:-len("-ntf")], event


def peer_heard(wanted, key):
    """The only peer of the next event."""
    name, event = heard()
    same((name, [peer["public-key"] for peer in event["peers"]]), (wanted, [key]))
    return event["peers"][0]


def changed(key):
    """Names of the settings of the next event, which is about a changed peer."""
    bits = peer_heard("peer-changed", key)["changes"]
    return [name for (group, name), bit in FLAGS.items()
            if group == "peer-change" and bits & bit]


def silence():
    """No event was sent since the last one: the next is that of a peer added now."""
    link.set(peers=[{"public-key": MARKER}])
    peer_heard("peer-added", MARKER)
    link.set(peers=[{"public-key": MARKER, "flags": PEER_REMOVE}])
    peer_heard("peer-removed", MARKER)


def empty():
    """Removes all peers, and reads the events about that."""
    present = len(link.state()[1])
    link.set(flags=DEVICE_REPLACE)
    while present:
        name, event = heard()
        same(name, "peer-removed")
        present -= len(event["peers"])


def added():
    """An added peer, with its settings and without its preshared key."""
    link.set(peers=[{
        "public-key": A, "preshared-key": SECRET,
        "endpoint": sockaddr("192.0.2.7", 4000),
        "persistent-keepalive-interval": 25,
        "allowed-ips": [prefix("10.0.0.1/32"), prefix("fd00::/64")]}])
    peer = peer_heard("peer-added", A)
    same(peer["endpoint"], sockaddr("192.0.2.7", 4000))
    same(peer["persistent-keepalive-interval"], 25)
    same(list(map(show, peer["allowed-ips"])), ["10.0.0.1/32", "fd00::/64"])
    same(peer["allowed-ips-total"], 2)
    same("preshared-key" in peer or "changes" in peer, False)


def each_setting():
    """Each changed setting is named, and no other one."""
    link.set(peers=[{"public-key": A, "endpoint": sockaddr("192.0.2.8", 4000)}])
    same(changed(A), ["endpoint"])
    link.set(peers=[{"public-key": A, "persistent-keepalive-interval": 5}])
    same(changed(A), ["persistent-keepalive"])
    link.set(peers=[{"public-key": A, "preshared-key": bytes(32)}])
    same(changed(A), ["preshared-key"])
    link.set(peers=[{"public-key": A, "allowed-ips": [prefix("10.0.0.2/32")]}])
    same(changed(A), ["allowed-ips"])
    link.set(peers=[{"public-key": A, "preshared-key": SECRET, "flags": PEER_REPLACE,
                     "allowed-ips": [prefix("10.0.0.2/32"), prefix("10.0.0.1/32")]}])
    same(changed(A), ["preshared-key", "allowed-ips"])


def no_secret():
    """No message has a preshared or a private key."""
    private = bytes([8]) + os.urandom(30) + bytes([64])
    link.set(private_key=private, peers=[{"public-key": B, "preshared-key": SECRET}])
    for name in ("identity-changed", "peer-added"):
        data = events.next_raw()
        same(events.names[data[16]], name + "-ntf")
        same(SECRET in data or private in data, False)
    link.set(private_key=bytes(32), peers=[{"public-key": B, "flags": PEER_REMOVE}])
    heard()
    heard()


def nothing_changed():
    """Requests that change nothing."""
    empty()
    link.set(fwmark=0, peers=[{
        "public-key": A, "preshared-key": SECRET,
        "endpoint": sockaddr("192.0.2.7", 4000), "persistent-keepalive-interval": 25,
        "allowed-ips": [prefix("10.0.0.1/32"), prefix("10.0.0.2/32")]}])
    peer_heard("peer-added", A)
    link.set()
    link.set(peers=[{"public-key": A}])
    link.set(peers=[{
        "public-key": A, "preshared-key": SECRET, "flags": PEER_REPLACE,
        "endpoint": sockaddr("192.0.2.7", 4000), "persistent-keepalive-interval": 25,
        "allowed-ips": [prefix("10.0.0.2/32"), prefix("10.0.0.1/32")]}])
    link.set(peers=[{"public-key": A, "allowed-ips": [
        prefix("10.0.0.1/32"), prefix("10.0.0.9/32", flags=PREFIX_REMOVE)]}])
    link.set(peers=[{"public-key": B, "flags": PEER_REMOVE}])
    link.set(peers=[{"public-key": B, "flags": PEER_UPDATE}])
    link.set(private_key=bytes(32))
    silence()


def refused():
    """Requests that the kernel refuses, and a dump."""
    refusal(family, "do", "set-device", family.build("device", {
        "ifname": "t0", "peers": [{"public-key": B}, {"public-key": b"short"}]}))
    refusal(family, "do", "set-device", family.build("device", {
        "ifname": "t0", "peers": [{"public-key": B, "changes": 1}]}))
    refusal(family, "do", "set-device", family.build("device", {
        "ifname": "t0", "peers": [{"public-key": B, "allowed-ips-total": 1}]}))
    refusal(family, "do", "set-forwards", family.build("device", {
        "ifname": "t0", "forwards": [forward(7000), forward(7000)]}))
    link.state()
    silence()


def moving():
    """A prefix that moves changes both peers; the one that loses many, once."""
    empty()
    nets = [prefix(f"10.1.{n}.0/24") for n in range(40)]
    link.set(peers=[{"public-key": A, "allowed-ips": nets}])
    peer = peer_heard("peer-added", A)
    same((len(peer["allowed-ips"]), peer["allowed-ips-total"]), (16, 40))
    link.set(peers=[{"public-key": B}])
    peer_heard("peer-added", B)
    link.set(peers=[{"public-key": B, "allowed-ips": nets[:30]}])
    name, event = heard()
    same(name, "peer-changed")
    same([(peer["public-key"], peer["allowed-ips-total"]) for peer in event["peers"]],
         [(A, 10), (B, 30)])
    silence()


def removed():
    """Removed peers, one by one and all, in the order of the requests."""
    link.set(peers=[{"public-key": A, "flags": PEER_REMOVE}, {"public-key": A},
                    {"public-key": C}])
    same("allowed-ips-total" in peer_heard("peer-removed", A), False)
    name, event = heard()
    same((name, len(event["peers"])), ("peer-added", 2))
    link.set(flags=DEVICE_REPLACE, peers=[{"public-key": C}])
    name, event = heard()
    same((name, {peer["public-key"] for peer in event["peers"]}),
         ("peer-removed", {A, B, C}))
    peer_heard("peer-added", C)
    empty()


def public(private):
    """The public key of a private one."""
    text = subprocess.run(["base64"], input=private, stdout=subprocess.PIPE,
                          check=True).stdout
    text = subprocess.run([TOOL, "pubkey"], input=text, stdout=subprocess.PIPE,
                          check=True).stdout
    return subprocess.run(["base64", "-d"], input=text, stdout=subprocess.PIPE,
                          check=True).stdout


def identity():
    """A private key that is set, replaced and removed."""
    first, second = (bytes([8]) + os.urandom(30) + bytes([64]) for _ in range(2))
    link.set(private_key=first, peers=[{"public-key": public(second)}])
    name, event = heard()
    same(name, "identity-changed")
    same((event["public-key"], "old-public-key" in event), (public(first), False))
    peer_heard("peer-added", public(second))
    link.set(private_key=first)
    # the device cannot be its own peer
    link.set(private_key=second)
    peer_heard("peer-removed", public(second))
    name, event = heard()
    same((name, event["public-key"], event["old-public-key"]),
         ("identity-changed", public(second), public(first)))
    link.set(private_key=bytes(32))
    name, event = heard()
    same((name, "public-key" in event, event["old-public-key"]),
         ("identity-changed", False, public(second)))
    silence()


def author(event):
    """The user and program of an event."""
    return event.get("uid"), event.get("program")


def up_and_down():
    """A link that goes up and down, and one that is deleted."""
    def told(*wanted):
        name, event = events.next()
        same((name, event["ifname"], *author(event)), (*wanted, 0, "ip"))

    ip("link", "set", "t0", "up")
    told("link-up-ntf", "t0")
    ip("link", "set", "t0", "up")
    ip("link", "set", "t0", "mtu", "1300")
    ip("link", "set", "t0", "down")
    told("link-down-ntf", "t0")
    ip("link", "set", "t0", "down")
    silence()
    ip("link", "add", "t1", "type", "naawg")
    ip("link", "set", "t1", "up")
    told("link-up-ntf", "t1")
    link_of_t1 = {"ifname": "t1", "peers": [{"public-key": A}]}
    family.do("set-device", family.build("device", link_of_t1))
    same(events.next()[0], "peer-added-ntf")
    ip("link", "del", "t1")
    told("link-down-ntf", "t1")
    ip("link", "add", "t1", "type", "naawg")
    ip("link", "del", "t1")
    silence()


def forward(port, to_port=None, **more):
    """A forward to a service."""
    return {"proto": socket.IPPROTO_TCP, "port": port, "address": SERVICE,
            "to-port": to_port or port, **more}


def set_forwards(*forwards, flags=0):
    """set-forwards with these entries."""
    family.do("set-forwards", family.build("device", {
        "ifname": "t0", "forward-flags": flags, "forwards": forwards}))


def forwards_heard():
    """The next event about forwards: its name, and ports before and now."""
    name, event = heard()

    def ports(entries):
        return [(entry["port"], entry.get("to-port", entry["port"]))
                for entry in event.get(entries, [])]
    return name, ports("old-forwards"), ports("forwards")


def forwards_reported():
    """Forwards that are added, replaced, removed and kept."""
    try:
        set_forwards(forward(7000), forward(7001))
    except Refused as no:
        same(no.code, errno.EOPNOTSUPP)
        return
    same(forwards_heard(), ("forward-added", [], [(7000, 7000), (7001, 7001)]))
    set_forwards(forward(7000), forward(7001), flags=FORWARDS_REPLACE)
    set_forwards(forward(7000), forward(7001, 80), forward(7002, 80),
                 flags=FORWARDS_REPLACE)
    same(forwards_heard(), ("forward-changed", [(7001, 7001)], [(7001, 80)]))
    same(forwards_heard(), ("forward-added", [], [(7002, 80)]))
    set_forwards(forward(7000, address=socket.inet_pton(socket.AF_INET6, "2001:db8::80")), flags=FORWARDS_REPLACE)
    # a forward of another family is another one
    same(forwards_heard(), ("forward-removed", [], [(7000, 7000), (7001, 80), (7002, 80)]))
    same(forwards_heard(), ("forward-added", [], [(7000, 7000)]))
    set_forwards(flags=FORWARDS_REPLACE)
    same(forwards_heard(), ("forward-removed", [], [(7000, 7000)]))
    silence()


def many():
    """Thousands of peers in one request."""
    keys = [struct.pack("=I", n + 1) + bytes(28) for n in range(MANY)]
    family.sock.setsockopt(socket.SOL_SOCKET, 32, 1 << 22)
    for flags, wanted in ((0, "peer-added"), (PEER_REMOVE, "peer-removed")):
        link.set(peers=[{"public-key": key, "flags": flags} for key in keys])
        told = []
        while len(told) < MANY:
            name, event = heard()
            same(name, wanted)
            told += [peer["public-key"] for peer in event["peers"]]
        same(told == keys, True, "all of them in order")
    silence()


def overrun():
    """A listener that does not read is told of its loss, and the request succeeds."""
    small = Events(family, 1)
    link.set(peers=[{"public-key": struct.pack("=I", n + 1) + bytes(28)}
                    for n in range(500)])
    try:
        # some messages may be read first, but not all
        for _ in range(500):
            small.next_raw()
    except OSError as lost:
        same(lost.errno, errno.ENOBUFS)
    same(len(link.state()[1]), 500)
    told = 0
    while told < 500:
        told += len(heard()[1]["peers"])
    empty()


def other_user():
    """Another user with the capability, and another program."""
    subprocess.run(["setpriv", "--reuid", "1234", "--clear-groups",
                    "--inh-caps", "+net_admin", "--ambient-caps", "+net_admin",
                    TOOL, "set", "t0", "peer", "A" * 43 + "=", "persistent-keepalive", "9"],
                   check=True)
    name, event = events.next()
    same((name, *author(event)), ("peer-added-ntf", 1234, os.path.basename(TOOL)[:15]))
    empty()


class Container:
    """A user namespace with the host's users from 100000 on, and a network of its own."""

    def __init__(self):
        # pylint: disable=consider-using-with
        self.child = subprocess.Popen(["unshare", "-U", "-n", "sleep", "600"])
        self.pid = str(self.child.pid)
        while os.readlink(f"/proc/{self.pid}/ns/net") == os.readlink("/proc/self/ns/net"):
            time.sleep(0.05)
        for what in ("uid_map", "gid_map"):
            with open(f"/proc/{self.pid}/{what}", "w", encoding="ascii") as stream:
                stream.write("0 100000 1000\n")

    def enter(self, spaces, *words, **more):
        """Run a program in some of its namespaces."""
        return subprocess.run(["nsenter", "-t", self.pid, *spaces, *words],
                              check=True, **more)

    def listen(self):
        """A socket that hears the events of its network."""
        here = os.open("/proc/self/ns/net", os.O_RDONLY)
        there = os.open(f"/proc/{self.pid}/ns/net", os.O_RDONLY)
        setns(there)
        try:
            return Events(Family())
        finally:
            setns(here)
            os.close(here)
            os.close(there)

    def end(self):
        """Ends it."""
        self.child.kill()
        self.child.wait()


def setns(namespace):
    """Move this thread to a network namespace."""
    import ctypes  # pylint: disable=import-outside-toplevel
    same(ctypes.CDLL(None, use_errno=True).setns(namespace, 0x40000000), 0, "setns")


def users_of_a_container():
    """Numbers of users are those of the namespace of the link."""
    if not os.path.exists("/proc/self/ns/user"):
        return
    container = Container()
    try:
        container.enter(["-U", "-n", "-S", "0", "-G", "0"],
                        "ip", "link", "add", "t0", "type", "naawg")
        inside = container.listen()
        container.enter(["-U", "-n", "-S", "0", "-G", "0"], "setpriv", "--reuid", "42",
                        "--clear-groups", "--inh-caps", "+net_admin",
                        "--ambient-caps", "+net_admin",
                        TOOL, "set", "t0", "peer", "A" * 43 + "=")
        name, event = inside.next()
        same((name, *author(event)), ("peer-added-ntf", 42, "naawg"))
        # a user of the host has no number there
        container.enter(["-n"], TOOL, "set", "t0", "peer", "A" * 43 + "=", "remove")
        name, event = inside.next()
        same((name, *author(event)), ("peer-removed-ntf", None, "naawg"))
    finally:
        container.end()
    # events of another namespace do not come here
    silence()


def unprivileged():
    """A user without the capability cannot listen."""
    def attempt():
        try:
            Events(Family(), 0)
        except OSError as no:
            return errno.errorcode[no.errno]
        return "listens"

    same(as_nobody(attempt), "EPERM")


suite.case("an added peer is reported with its settings", added)
suite.case("each changed setting of a peer is named", each_setting)
suite.case("no notification has a secret key", no_secret)
suite.case("a request that changes nothing is not reported", nothing_changed)
suite.case("a refused request is not reported", refused)
suite.case("a prefix that moves to another peer changes both peers", moving)
suite.case("removed peers are reported in the order of the requests", removed)
suite.case("a new private key is reported with both public keys", identity)
suite.case("a link that goes up or down is reported", up_and_down)
suite.case("forwards are reported as added, changed or removed", forwards_reported)
suite.case(f"{MANY} peers of one request are all reported", many)
suite.case("a listener that does not read is told of its loss", overrun)
suite.case("the user and the program are those that made the request", other_user)
suite.case("users of a container have the container's numbers", users_of_a_container)
suite.case("a user without CAP_NET_ADMIN cannot listen", unprivileged)
suite.end()
