# SPDX-License-Identifier: GPL-2.0
"""Hosts that call and are no peers are remembered, in bounded memory, for administrators.

The memory has 16 unknown keys and 16 addresses whose messages have a wrong mac1. Others
replace these once per second. Events are limited likewise."""
import os
import socket
import struct
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "wire"))
sys.path.insert(0, os.path.join(HERE, "..", "nl"))

# pylint: disable=wrong-import-position
from bench import DEVICE, WG, Bench, Peer, Suite, Wire, b64, run, same  # noqa: E402
from genl import (CTRL_ATTR_FAMILY_NAME, CTRL_CMD_GETFAMILY, GENL_ID_CTRL,  # noqa: E402
                  Family, attr, walk)
from nl_bench import as_nobody, errno, refusal  # noqa: E402
from peer import INITIATION, Handshake, Identity, with_macs  # noqa: E402

MOST = 16
PATIENCE = 20
CTRL_ATTR_MCAST_GROUPS = 7
SOL_NETLINK, NETLINK_ADD_MEMBERSHIP = 270, 1

bench = Bench()
suite = Suite()


def callers():
    """(callers by claimed key, callers by address) of get-callers."""
    by_key, by_address = {}, {}
    for part in bench.family.dump("get-callers", bench.family.named(DEVICE)):
        for caller in part.get("callers", []):
            if "public-key" in caller:
                by_key[caller["public-key"]] = caller
            else:
                by_address[place(caller)[0]] = caller
    return by_key, by_address


def place(caller):
    """(address, port) of an entry."""
    endpoint = caller["endpoint"]
    port = struct.unpack("!H", endpoint[2:4])[0]
    if struct.unpack("=H", endpoint[:2])[0] == socket.AF_INET:
        return socket.inet_ntop(socket.AF_INET, endpoint[4:8]), port
    return socket.inet_ntop(socket.AF_INET6, endpoint[8:24]), port


def wait_for(what):
    """The first true value of a function."""
    end = time.monotonic() + PATIENCE
    while not (value := what()):
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.02)
    return value


class Listener:
    """Events about callers."""

    def __init__(self):
        self.family = Family()
        body = attr(CTRL_ATTR_FAMILY_NAME, b"naawg\0")
        reply = self.family._exchange(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1, body, 0)[0]
        groups = dict(walk(reply[4:]))[CTRL_ATTR_MCAST_GROUPS]
        group = dict(walk(next(walk(groups))[1]))[2]
        self.family.sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
                                    struct.unpack("=I", group)[0])
        self.number = self.family.spec.commands["unknown-caller-ntf"][0]

    def next(self, seconds=PATIENCE):
        """The entry of the next event, None if there is none."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.family.sock.settimeout(left)
            try:
                data = self.family.sock.recv(1 << 16)
            except socket.timeout:
                return None
            if data[16] == self.number:
                return self.family.decode("device", data[20:])["callers"][0]
        return None


def unknown(address):
    """The claimed key, the endpoint, the number and the times are remembered."""
    listener = Listener()
    peer = Peer(bench, address=address, known=False)
    key = peer.identity.public
    begin = time.time_ns()
    before = bench.reasons()
    for _ in range(3):
        peer.wire.send(peer.handshake().initiate())
    bench.moved(before, "unknown-peer", 3)
    caller = callers()[0][key]
    same((place(caller), caller["count"]), (peer.wire.name, 3))
    assert begin <= caller["first"] <= caller["last"] <= time.time_ns(), caller
    told = listener.next()
    same((told["public-key"], place(told)), (key, peer.wire.name))
    # nor is it told again soon
    peer.wire.send(peer.handshake().initiate())
    bench.moved(before, "unknown-peer", 4)
    same(listener.next(2.5), None)
    same(callers()[0][key]["count"], 4)


def any_key():
    """A claimed key of zeros is a key like others; none is left once it is a peer's."""
    zeros, added = Identity(), Peer(bench, address="127.0.0.78", known=False)
    zeros.public = bytes(32)
    wire = Wire(bench, "127.0.0.79")
    before = bench.reasons()
    wire.send(Handshake(zeros, bench.identity.public).initiate())
    added.wire.send(added.handshake().initiate())
    bench.moved(before, "unknown-peer", 2)
    same(place(callers()[0][zeros.public]), wire.name)
    assert "127.0.0.79" not in callers()[1]
    key = added.identity.public
    same(place(callers()[0][key]), added.wire.name)
    added.set()
    assert key not in callers()[0]
    added.set("remove")
    assert key in callers()[0]


def wrong_key(address):
    """A message for another public key: there is an address, and no key."""
    listener = Listener()
    other = Identity()
    wire = Wire(bench, address)
    before = bench.reasons()
    wire.send(Handshake(Identity(), other.public).initiate())
    bench.moved(before, "bad-mac1")
    caller = wait_for(lambda: callers()[1].get(address))
    same((place(caller), caller["count"]), ((address, 0), 1))
    told = listener.next()
    same(("public-key" in told, place(told)), (False, (address, 0)))


def peers_are_not():
    """A peer is not listed, neither by a handshake nor by garbage."""
    peer = Peer(bench, address="127.0.0.77")
    peer.call()
    peer.works()
    same([entry for entry in callers()[0].values() if place(entry) == peer.wire.name], [])
    before = bench.reasons()
    call = peer.handshake().initiate()
    peer.wire.send(with_macs(call[:50] + bytes([call[50] ^ 1]) + call[51:],
                             bench.identity.public))
    peer.wire.send(struct.pack("<I", INITIATION) + os.urandom(20))
    peer.silent()
    assert bench.changes(before)
    same("127.0.0.77" in callers()[1], False)
    # it answers with a wrong mac1: it was called, and does not call
    called = Peer(bench, address="127.0.0.76").at_home()
    called.provoke()
    shake = called.handshake().take_initiation(called.wire.expect(INITIATION))
    before = bench.reasons()
    called.wire.send(with_macs(shake.respond()[0], Identity().public))
    bench.moved(before, "bad-mac1")
    same("127.0.0.76" in callers()[1], False)


def flood_of_keys():
    """Many keys replace one entry a second, and cause few events."""
    listener = Listener()
    wire = Wire(bench, "127.0.0.99")
    begin = time.monotonic()
    before = bench.reasons()
    for _ in range(300):
        wire.send(Handshake(Identity(), bench.identity.public).initiate())
    wait_for(lambda: bench.reasons()["unknown-peer"] - before.get("unknown-peer", 0) >= 100)
    found = callers()[0]
    seconds = int(time.monotonic() - begin) + 2
    same(len(found), MOST)
    events = 0
    while listener.next(2):
        events += 1
    assert events <= MOST + seconds + 2, (events, seconds)
    # the next new one is remembered nevertheless
    time.sleep(1.1)
    late = Peer(bench, known=False)
    late.wire.send(late.handshake().initiate())
    wait_for(lambda: late.identity.public in callers()[0])
    same(len(callers()[0]), MOST)


def flood_of_addresses():
    """As many addresses as there are in 127/8, with a wrong mac1. One message per jiffy
    is noted."""
    noise = struct.pack("<II", INITIATION, 1) + os.urandom(140)
    sent = 0

    def send_some():
        nonlocal sent
        for _ in range(500):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
                sock.bind((f"127.9.{sent >> 8 & 255}.{sent & 255}", 0))
                sock.sendto(noise, ("127.0.0.1", bench.port))
            sent += 1
        return len(callers()[1]) >= MOST

    before = bench.reasons()
    wait_for(send_some)
    send_some()
    bench.moved(before, "bad-mac1", sent)
    found = callers()[1]
    same(len(found), MOST)
    assert sum(entry["count"] for entry in found.values()) <= sent + 4
    peer = Peer(bench)
    peer.call()
    peer.works()


def administrators():
    """Users without the capability see no caller, and get-stats has none."""
    same(as_nobody(lambda: refusal(Family(bench.family.spec), "dump", "get-callers",
                                   bench.family.named(DEVICE)).code), str(errno.EPERM))
    key = next(iter(callers()[0]))
    raw = b"".join(bench.family.dump_parts("get-stats", bench.family.named(DEVICE)))
    assert key not in raw and b"callers" not in raw


def deleted():
    """A link is deleted while events are pending."""
    for _ in range(10):
        run("ip", "link", "add", "t9", "type", "naawg")
        run(WG, "set", "t9", "listen-port", "5099", "private-key", "/dev/stdin",
            input=b64(os.urandom(32)))
        run("ip", "link", "set", "t9", "up")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.sendto(struct.pack("<II", INITIATION, 1) + os.urandom(140),
                        ("127.0.0.1", 5099))
        run("ip", "link", "del", "t9")


for where in ("127.0.0.5", "::1"):
    suite.case(f"an unknown key from {where} is remembered and notified once", unknown, where)
    suite.case(f"an address whose mac1 is wrong is remembered, from {where}", wrong_key, where)
suite.case("any key may be claimed, but those of peers are left out", any_key)
suite.case("a peer is no unknown caller", peers_are_not)
suite.case("a flood of keys replaces one entry per second", flood_of_keys)
suite.case("a flood of addresses fills a memory of fixed size", flood_of_addresses)
suite.case("only administrators may read them", administrators)
suite.case("a link with pending events can be deleted", deleted)
suite.end()
