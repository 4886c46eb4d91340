# SPDX-License-Identifier: GPL-2.0
"""A listener on the way keeps all there was and sends it again: whole, twice,
backwards, shuffled, one by one and in GSO packets. Each inner packet is
delivered once, whichever copy comes first, and no answer is drawn."""
import os
import random
import select
import socket
import struct
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "wire"))

# pylint: disable=wrong-import-position
from bench import Bench, Peer, Suite, Wire, ipv4, run, same  # noqa: E402
from peer import RESPONSE  # noqa: E402

HOME, PORT = "10.9.0.1", 4040
UDP_SEGMENT = 103
WINDOW = 8000		# at least so far back is remembered

SEED = int(os.environ.get("NAAWG_SEED", time.time_ns() % 1000000))
print(f"# NAAWG_SEED={SEED}")
dice = random.Random(SEED)
bench = Bench()
suite = Suite()
sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sink.setsockopt(socket.SOL_SOCKET, 33, 1 << 25)	# SO_RCVBUFFORCE
sink.bind((HOME, PORT))


def sealed(peer, count, size=200):
    """Numbered datagrams to the sink, and the messages they are in."""
    data = [struct.pack("!I", number) + os.urandom(size) for number in
            range(count)]
    return data, [peer.session.seal(ipv4(
        peer.inner, HOME, socket.IPPROTO_UDP,
        struct.pack("!HHHH", 4041, PORT, 8 + len(each), 0) + each))
        for each in data]


def delivered(at_least=0):
    """The datagrams that come out: at least AT_LEAST, and until no more come."""
    got = []
    end = time.monotonic() + 20
    while True:
        patience = 0.3 if len(got) >= at_least else end - time.monotonic()
        if not select.select([sink], [], [], max(0, patience))[0]:
            return got
        got.append(sink.recv(1 << 16))


def each_once(got, data):
    """All datagrams came, and none twice; there are too many to show."""
    same(len(got), len(data), "delivered,")
    assert sorted(got) == sorted(data), "not what was sent"


def refusals(before):
    """The drop counters that moved since. A peer in Python does not answer
    initiations, which is not counted here."""
    return {name: count for name, count in bench.changes(before).items()
            if name != "unanswered"}


def singly(wire, messages):
    """One datagram after the other."""
    for number, message in enumerate(messages):
        wire.send(message)
        if number % 256 == 255:
            time.sleep(0.02)


def in_supers(wire, messages):
    """As many as one call takes, copies of one message among them. All are as
    long as each other."""
    size = len(messages[0])
    a_call = min(64, 60000 // size)
    for start in range(0, len(messages), a_call):
        part = messages[start:start + a_call]
        wire.sock.sendmsg([b"".join(part)], [(socket.IPPROTO_UDP, UDP_SEGMENT,
                                              struct.pack("H", size))],
                          0, wire.to)
        time.sleep(0.002)


def once(way, order, copies=3, count=600):
    """Copies of all in that order: each came out once, and none was lost."""
    peer = Peer(bench)
    peer.call()
    peer.works()
    data, messages = sealed(peer, count)
    before = bench.reasons()
    many = messages * copies
    order(many)
    way(peer.wire, many)
    got = delivered(count)
    each_once(got, data)
    bench.moved(before, "replay", count * (copies - 1))
    if bench.family:
        same(set(refusals(before)), {"replay"})
    peer.works()
    peer.set("remove")


def blocks(messages):
    """In the original order, with whole runs swapped."""
    runs = [messages[start:start + 100] for start in
            range(0, len(messages), 100)]
    dice.shuffle(runs)
    messages[:] = [message for each in runs for message in each]


for way, words in ((singly, "one by one"), (in_supers, "in GSO packets")):
    suite.case(f"a capture replayed twice is dropped, {words}", once, way,
               lambda messages: None)
    suite.case(f"a capture replayed backwards is dropped, {words}", once, way, list.reverse)
    suite.case(f"a capture replayed in random order is dropped, {words}", once, way, dice.shuffle)
    suite.case(f"a capture replayed in swapped runs is dropped, {words}", once, way, blocks)
    suite.case(f"a capture with each message twice in a row is dropped, {words}", once, way,
               list.sort)


def held_back():
    """Messages held back on the way arrive late: within the window each one is
    accepted, beyond it none is."""
    peer = Peer(bench)
    peer.call()
    peer.works()
    data, late = sealed(peer, 64)
    peer.session.counter += WINDOW - 200
    peer.works()
    in_supers(peer.wire, late)
    each_once(delivered(64), data)
    data, late = sealed(peer, 64)
    peer.session.counter += 2 * WINDOW
    peer.works()
    before = bench.reasons()
    in_supers(peer.wire, late)
    bench.moved(before, "replay", 64)
    same(len(delivered()), 0, "beyond the window,")


suite.case("late messages count within the window only", held_back)


class Tape(Wire):
    """A socket that records the messages sent over it."""

    def __init__(self, bench, address):
        super().__init__(bench, address)
        self.kept = []

    def send(self, message):
        self.kept.append(message)
        super().send(message)


def taped(rekeys):
    """A peer's whole life, handshakes included, and nothing of it is left for
    the link to take."""
    peer = Peer(bench)
    peer.wire = Tape(bench, "127.0.0.1")
    total = 0
    for _ in range(1 + rekeys):
        peer.call()
        peer.works()
        data, messages = sealed(peer, 200)
        for message in messages:
            peer.wire.send(message)
        same(len(delivered(200)), 200)
        total += 200
    return peer, peer.wire.kept


def whole_capture(elsewhere):
    """From the same address or another; in order, backwards, in random order."""
    peer, tape = taped(2)
    wire = Wire(bench, "127.0.0.99") if elsewhere else peer.wire
    place = peer.shown()[0]
    received = peer.shown()[2]
    for order in (lambda messages: None, list.reverse, dice.shuffle):
        again = list(tape)
        order(again)
        before = bench.reasons()
        for number, message in enumerate(again):
            Wire.send(wire, message)
            if number % 128 == 127:
                time.sleep(0.02)
        same(len(delivered()), 0, "delivered again,")
        same([m[0] for m in wire.drain() if m[0] == RESPONSE], [], "responses,")
        same(peer.shown()[0], place, "endpoint,")
        same(peer.shown()[2], received, "bytes that counted,")
        if bench.family:
            moved = refusals(before)
            same(sum(moved.values()), len(again), moved)
            # The oldest of three sessions is gone.
            assert set(moved) <= {"replay", "old-timestamp", "unknown-index",
                                  "initiation-flood"}, moved
    peer.works()


suite.case("a replayed capture from its own address is dropped", whole_capture, False)
suite.case("a replayed capture from another address is dropped", whole_capture, True)


def after_restart():
    """The link forgets its sessions, not the newest timestamps."""
    peer, tape = taped(0)
    run("ip", "link", "set", "t0", "down")
    run("ip", "link", "set", "t0", "up")
    for message in tape:
        Wire.send(peer.wire, message)
    same(len(delivered()), 0, "delivered again,")
    same([m[0] for m in peer.wire.drain() if m[0] == RESPONSE], [], "responses,")
    peer.call()
    peer.works()


suite.case("a replayed capture is dropped after the link was down", after_restart)
suite.end()
