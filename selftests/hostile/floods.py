# SPDX-License-Identifier: GPL-2.0
"""Floods. They may not cost a packet of an established tunnel, keep new peers out,
get back more than they send, or fill memory. bench/floods.sh measures the speed."""
import os
import struct
import time

from mass import (Flood, Mass, no_more_than_asked, noise_initiations, same,
                  undisturbed, unreclaimable)

# pylint: disable=wrong-import-order
from bench import DEVICE, KIND, WG, Bench, Peer, Suite, b64, run
from peer import COOKIE, DATA, RESPONSE, Identity

# Messages of a flood: many times more than can be queued.
ENOUGH = 24000
# Twice the memory of 4096 queued handshakes and 8192 sources.
MEMORY_KB = 16 << 10
FAR = "far"
# How often a round repeats its messages. A round is several times the queue length that
# begins load, because a slow kernel computes some of them while others arrive.
REPEATS = 4

bench = Bench()
suite = Suite()
# It initiates anew in each case, as its keys last three minutes.
good = Peer(bench)


def until_sent(flood, count):
    """Use the tunnel during the flood."""
    while flood.sent() < count:
        undisturbed(good, 20)


def from_one(mass, messages):
    """A round of the flood: all from one address."""
    mass.send(REPEATS * messages)


def from_many(mass, messages):
    """Send a few from each of many addresses, while many from one address keep up
    the load: without it a slow sender's few initiations would all be answered."""
    mass.send(REPEATS * messages)
    for start in range(0, 2 * len(messages), 4):
        mass.send(messages[start % len(messages):][:4],
                  mass.messages // 4 % 60000)


def handshakes(way, six=False):
    """Initiations with a valid mac1."""
    good.call()
    messages = noise_initiations(bench, 512)
    before, held = bench.reasons(), unreclaimable()
    mass = Mass(bench, six)
    most = 0
    with Flood(mass, lambda mass: way(mass, messages)) as flood:
        while flood.sent() < ENOUGH:
            undisturbed(good, 20)
            most = max(most, unreclaimable() - held)
    no_more_than_asked(mass)
    same(mass.kinds, {COOKIE}, "answers other than cookies,")
    assert most < MEMORY_KB, f"{most} kB more in use"
    if bench.family:
        moved = bench.changes(before)
        same(moved["cookie-wanted"], mass.answers)
        # The cost exceeds the budget of replies: the rest is dropped unseen.
        assert moved.get("overload"), moved
        # Each got a reason of its own.
        same(sum(moved.values()), mass.messages, moved)
    undisturbed(good)


suite.case("a flood with valid mac1 from one source", handshakes, from_one)
suite.case("a flood with valid mac1 from thousands of sources, IPv4", handshakes, from_many)
suite.case("a flood with valid mac1 from thousands of sources, IPv6", handshakes, from_many,
           True)


def renewed():
    """A peer that rekeys has no cookie, but initiates from a known source: it gets a
    cookie, even if many unknown sources get none."""
    good.call()
    messages = noise_initiations(bench, 512)
    mass = Mass(bench)
    before = bench.reasons()
    with Flood(mass, lambda mass: from_many(mass, messages)) as flood:
        until_sent(flood, 5000)
        # An initiation may get lost on its way, as any packet of a flood.
        told = sum(answered() for _ in range(20))
        assert told >= 18, f"{told} of 20 initiations were answered"
    mass.settled()
    assert not bench.family or bench.changes(before).get("overload")


def answered():
    """Initiate; true if an answer comes, which is no cookie if the flood paused."""
    good.wire.drain(0.1)
    good.wire.send(good.handshake().initiate())
    answer = good.wire.receive(5)
    return answer is not None and answer[0] in (COOKIE, RESPONSE)


suite.case("a peer that rekeys gets a cookie", renewed)


def beside():
    """A flood from one address does not harm unknown sources elsewhere, except those in
    the same bucket, one in eight."""
    good.call()
    messages = noise_initiations(bench, 512)
    mass, others = Mass(bench), Mass(bench)
    before = bench.reasons()
    for _ in range(20):
        mass.send(messages)
    # Without a pause in the flood, in which anybody might be answered.
    for number in range(40):
        for _ in range(4):
            mass.send(messages)
        others.send(messages[:1], number)
    others.settled()
    assert others.answers >= 25, f"{others.answers} of 40 initiations were answered"
    if bench.family:
        assert bench.changes(before).get("overload")
    undisturbed(good)


suite.case("a flood from one address leaves most unknown sources alone", beside)


def newcomer():
    """A new link in another namespace completes a handshake during the flood: it gets
    a cookie and initiates again, all by itself."""
    good.call()
    far = Identity()
    run("ip", "netns", "add", FAR)
    try:
        run("ip", "link", "add", "near", "type", "veth", "peer", "name", "far",
            "netns", FAR)
        run("ip", "addr", "add", "192.0.2.1/24", "dev", "near")
        run("ip", "link", "set", "near", "up")
        inside = ("ip", "netns", "exec", FAR)
        run("ip", "-n", FAR, "addr", "add", "192.0.2.2/24", "dev", "far")
        run("ip", "-n", FAR, "link", "set", "far", "up")
        run("ip", "-n", FAR, "link", "add", DEVICE, "type", KIND)
        run(WG, "set", DEVICE, "peer", b64(far.public), "allowed-ips",
            "10.9.255.2/32")
        run(*inside, WG, "set", DEVICE, "private-key", "/dev/stdin",
            "peer", b64(bench.identity.public), "allowed-ips", "10.9.0.1/32",
            "endpoint", f"192.0.2.1:{bench.port}", input=b64(far.private))
        run("ip", "-n", FAR, "addr", "add", "10.9.255.2/16", "dev", DEVICE)
        run("ip", "-n", FAR, "link", "set", DEVICE, "up")
        messages = noise_initiations(bench, 512)
        mass = Mass(bench)
        with Flood(mass, lambda mass: from_many(mass, messages)) as flood:
            until_sent(flood, 5000)
            before = bench.reasons()
            # It initiates again every five seconds, each time with a newer cookie.
            run(*inside, "ping", "-q", "-c", "1", "-w", "120", "10.9.0.1")
            run(*inside, "ping", "-q", "-c", "20", "-i", "0.1", "-w", "120",
                "10.9.0.1")
            moved = bench.changes(before)
            assert "cookie-wanted" in moved or not bench.family, moved
        undisturbed(good)
    finally:
        # the cable goes with it
        run("ip", "netns", "del", FAR)


suite.case("a new peer gets in during a flood", newcomer)


def garbage(reasons, *messages):
    """Garbage of senders that know no key and no index."""
    good.call()
    silent_flood(reasons, *messages)


def silent_flood(reasons, *messages):
    """Messages without a valid mac1 or a valid tag get no byte back, and each is
    counted under its reason."""
    before, held = bench.reasons(), unreclaimable()
    mass = Mass(bench)
    for _ in range(20):
        for kind in messages:
            mass.send(kind, mass.messages % 60000)
            mass.send(kind)
        undisturbed(good, 5)
    mass.settled()
    same((mass.answers, mass.answer_bytes), (0, 0), "answers to garbage,")
    assert unreclaimable() - held < MEMORY_KB
    if bench.family:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            moved = bench.changes(before)
            if sum(moved.values()) >= mass.messages:
                break
            time.sleep(0.1)
        same(sum(moved.values()), mass.messages, moved)
        assert set(moved) <= set(reasons), moved


def shaped(kind, size, index=None):
    """Random bytes in the shape of a message."""
    return [struct.pack("<I", kind)
            + (struct.pack("<I", index) if index is not None else b"")
            + os.urandom(size - (4 if index is None else 8))
            for _ in range(128)]


suite.case("noise", garbage, ["malformed"],
           *([os.urandom(size) for _ in range(128)] for size in (20, 148, 1400)))
suite.case("handshake messages with a wrong mac1 are dropped", garbage,
           ["bad-mac1", "unknown-handshake"], shaped(1, 148), shaped(2, 92),
           shaped(3, 64))
suite.case("data messages for unknown sessions are dropped", garbage,
           ["unknown-index"], shaped(DATA, 128), shaped(DATA, 1452))


def unsealed():
    """A sender that has seen a message knows the index."""
    remote = good.call().remote
    good.works()
    silent_flood(["bad-tag", "queue-full"], shaped(DATA, 128, remote),
                 shaped(DATA, 1452, remote))


suite.case("forged data messages for a known session are dropped", unsealed)
suite.end()
