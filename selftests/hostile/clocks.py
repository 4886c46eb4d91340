# SPDX-License-Identifier: GPL-2.0
"""The wall clock is set forward and back, by a second and by decades. Sessions
and handshakes do not notice, and timestamps only ever rise."""
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "wire"))

# pylint: disable=wrong-import-position
from bench import DEVICE, Bench, Peer, Suite, run, same  # noqa: E402
from peer import DATA, INITIATION, RESPONSE, timestamp  # noqa: E402

REAL = time.clock_gettime(time.CLOCK_REALTIME)
MONOTONIC = time.clock_gettime(time.CLOCK_MONOTONIC)
HOUR, DAY = 3600, 86400
# Offsets from the right time in seconds; 1970 is as far back as the clock goes.
JUMPS = (0, HOUR, 0, -1, -HOUR, DAY, -DAY, 0, -100 * DAY, 30 * 365 * DAY,
         -40 * 365 * DAY, 2 * HOUR, -2 * HOUR, 0)

suite = Suite()
seen = []


def jump(seconds):
    """Set the clock to this offset from the right time."""
    right = REAL + time.clock_gettime(time.CLOCK_MONOTONIC) - MONOTONIC
    time.clock_settime(time.CLOCK_REALTIME, right + seconds)


def forget():
    """Down and up: the next packet takes a handshake, at once."""
    run("ip", "link", "set", DEVICE, "down")
    run("ip", "link", "set", DEVICE, "up")


def called(peer):
    """The timestamp of the link's initiation."""
    forget()
    peer.wire.drain(0.01)
    peer.provoke(b"call me")
    shake = peer.handshake().take_initiation(peer.wire.expect(INITIATION))
    response, peer.session = shake.respond()
    peer.wire.send(response)
    assert b"call me" in peer.next_data()[1]
    return shake.seen_timestamp


def rising(peer):
    """Each as if no other end had ever forgotten the one before."""
    for seconds in JUMPS:
        jump(seconds)
        # Timestamps are rounded to 17 ms, and advance at half speed after a jump back.
        time.sleep(0.04)
        stamp = called(peer)
        if seen:
            assert stamp > seen[-1], (seconds, stamp.hex(), seen[-1].hex())
        seen.append(stamp)
        peer.works()


def session_stays(peer):
    """A session ages by a clock that nobody can set."""
    peer.call()
    before = bench.reasons()
    for seconds in JUMPS:
        jump(seconds)
        peer.works()
    same([m[0] for m in peer.wire.drain() if m[0] != DATA], [], "messages,")
    same(bench.changes(before), {}, "reasons,")


def under_way(peer):
    """The clock jumps between an initiation and its response."""
    for seconds in JUMPS:
        forget()
        peer.wire.drain(0.01)
        peer.provoke(b"under way")
        shake = peer.handshake().take_initiation(peer.wire.expect(INITIATION))
        jump(seconds)
        response, peer.session = shake.respond()
        peer.wire.send(response)
        assert b"under way" in peer.next_data()[1]
        peer.works()
        seen.append(shake.seen_timestamp)


def callee(peer):
    """A peer's timestamp is compared with its last one, not with our clock."""
    for seconds in JUMPS:
        jump(seconds)
        # The peer's own clock does not jump.
        right = REAL + time.clock_gettime(time.CLOCK_MONOTONIC) - MONOTONIC
        time.sleep(0.05)
        shake = peer.handshake()
        peer.wire.send(shake.initiate(
            timestamp(int((right - time.time()) * 1e9) or 1)))
        peer.session = shake.take_response(peer.wire.expect(RESPONSE))
        peer.works()


try:
    bench = Bench()
    first = Peer(bench).at_home()
    suite.case("timestamps rise although the clock jumps", rising, first)
    suite.case("a session survives jumps of the clock", session_stays, Peer(bench))
    suite.case("a handshake survives jumps of the clock", under_way, first)
    suite.case("timestamps of peers are not compared with our clock", callee, Peer(bench))
    run("ip", "link", "del", DEVICE)
    bench = Bench()
    suite.case("timestamps rise in a link that was made again", rising,
               Peer(bench).at_home())
finally:
    jump(0)
# Timestamps never go back, and tests that come later look at them.
run("ip", "link", "del", DEVICE)
run("modprobe", "-r", "naawg")
run("modprobe", "naawg")
suite.end()
