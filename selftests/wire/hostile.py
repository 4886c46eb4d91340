# SPDX-License-Identifier: GPL-2.0
"""Senders that do not authenticate get no answer, change nothing and cause no load."""
import os
import struct
import time

from bench import Bench, Peer, Suite, Wire, same
from peer import (INITIATION, RESPONSE, Handshake, cookie_reply, timestamp,
                  with_macs)

bench = Bench()
suite = Suite()
good = Peer(bench)
good.call()
good.works()


def unmoved(send, answers=0):
    """Nothing comes back for what SEND sends, and a session next to it does
    not notice; SEND returns how many bytes it sent."""
    unknown = Wire(bench, "127.0.0.66")
    shown = good.shown()[:3]
    sent = send(unknown)
    got = unknown.drain()
    assert sum(map(len, got)) <= sent, "more came out than went in"
    same(len(got), answers, f"{[m[:4].hex() for m in got]}")
    # The link may have initiated by itself meanwhile.
    same(good.shown()[:3], shown)
    good.works()


def each(messages):
    """A function that sends all these messages."""
    def send(wire):
        total = 0
        for number, message in enumerate(messages):
            wire.send(message)
            total += len(message)
            # The queue is bounded, which is tested elsewhere.
            if number % 64 == 63:
                time.sleep(0.02)
        return total
    return send


def templates():
    """A well-formed message of every type, of a known peer."""
    peer = Peer(bench).at_home()
    shake = peer.handshake()
    initiation = shake.initiate()
    peer.provoke()
    call = peer.wire.expect(INITIATION)
    answer = peer.handshake().take_initiation(call)
    response = answer.respond()[0]
    cookie = cookie_reply(struct.unpack_from("<I", call, 4)[0],
                          peer.identity.public, call[-32:-16], os.urandom(16))
    return peer, initiation, response, cookie


def truncated(which):
    peer, *messages = templates()
    message = messages[which]
    before = bench.reasons()
    unmoved(each(message[:length] for length in range(1, len(message))))
    if bench.family:
        same(bench.changes(before).get("malformed"), len(message) - 1)
    # The original still works, so no part of the others was accepted.
    peer.wire.send(message)
    if which == 0:
        peer.wire.expect(RESPONSE)


def longer(which):
    message = templates()[1 + which]
    before = bench.reasons()
    unmoved(each(message + os.urandom(more) for more in (1, 4, 16, 1000)))
    bench.moved(before, "malformed", 4)


def flip(message, positions):
    """The message with one bit changed, per position."""
    for position in positions:
        broken = bytearray(message)
        broken[position] ^= 1 << position % 8
        yield bytes(broken)


def flipped(which):
    """Up to and including mac1 every bit counts."""
    message = templates()[1 + which]
    before = bench.reasons()
    unmoved(each(flip(message, range(len(message) - 16))))
    if bench.family:
        now = bench.changes(before)
        same(now.get("malformed"), 4)
        # A response without an initiation is dropped at once.
        same(now.get("bad-mac1", 0) + now.get("unknown-handshake", 0),
             len(message) - 16 - 4, now)


NAMES = ("initiations", "responses", "cookie replies")
for number, name in enumerate(NAMES):
    suite.case(f"{name} cut off at every length are dropped", truncated, number)
    suite.case(f"{name} with bytes appended are dropped", longer, number)
for number, name in enumerate(NAMES[:2]):
    suite.case(f"{name} with any byte changed are dropped", flipped, number)


def flipped_below_mac1():
    """A sender that knows the link's public key can make a valid mac1, but cannot
    change the encrypted fields."""
    peer = Peer(bench)
    message = peer.handshake().initiate()
    before = bench.reasons()
    broken = [with_macs(m, bench.identity.public)
              for m in flip(message, range(8, 116))]
    unmoved(each(broken))
    if bench.family:
        end = time.monotonic() + 20
        def count():
            now = bench.changes(before)
            return sum(now.get(name, 0) for name in
                       ("bad-initiation", "bad-timestamp-tag", "low-order-key"))
        while count() < len(broken) and time.monotonic() < end:
            time.sleep(0.05)
        same(count(), len(broken), f"{bench.changes(before)}")
        assert bench.changes(before)["bad-timestamp-tag"] >= 28
    peer.wire.send(message)
    peer.session = None
    peer.wire.expect(RESPONSE)


def flipped_response_below_mac1():
    peer = Peer(bench).at_home()
    peer.provoke(b"still waiting")
    call = peer.wire.expect(INITIATION)
    response, session = peer.handshake().take_initiation(call).respond()
    before = bench.reasons()
    # The sender's index is not authenticated.
    broken = [with_macs(m, bench.identity.public)
              for m in flip(response, range(8, 60))]
    unmoved(each(broken))
    if bench.family:
        bench.moved(before, "unknown-handshake", 4)
        bench.moved(before, "bad-response", 48)
    peer.wire.send(response)
    assert b"still waiting" in peer.next_data(session)[1]


def low_order_ephemeral():
    """Points that would make the shared secret public."""
    before = bench.reasons()
    peer = Peer(bench)
    points = [bytes(32), b"\1" + bytes(31)]
    messages = []
    for point in points:
        message = peer.handshake().initiate()
        messages.append(with_macs(message[:8] + point + message[40:],
                                  bench.identity.public))
    unmoved(each(messages))
    bench.moved(before, "low-order-key", len(messages))


def mac2_means_nothing_yet():
    """Without load mac2 is not checked."""
    peer = Peer(bench)
    shake = peer.handshake()
    peer.wire.send(shake.initiate(cookie=os.urandom(16)))
    peer.session = shake.take_response(peer.wire.expect(RESPONSE))
    peer.works()


suite.case("initiations changed below a valid mac1 are dropped", flipped_below_mac1)
suite.case("responses changed below a valid mac1 are dropped",
           flipped_response_below_mac1)
suite.case("ephemeral keys of low order are refused", low_order_ephemeral)
suite.case("mac2 is not checked without load", mac2_means_nothing_yet)


def other_types():
    messages = []
    for kind in (0, 5, 6, 100, 255, 0x01000001, 0x00010004, 0xffffffff):
        for size in (4, 32, 64, 92, 148, 1000):
            messages.append(struct.pack("<I", kind) + os.urandom(size - 4))
    before = bench.reasons()
    unmoved(each(messages))
    bench.moved(before, "malformed", len(messages))


def noise():
    unmoved(each(os.urandom(length) for length in
                 [1, 2, 3] + [os.urandom(1)[0] * 4 + 1 for _ in range(300)]))


def noise_of_right_shape():
    """Messages in which only size and type are right."""
    messages = []
    for kind, size in ((1, 148), (2, 92), (3, 64), (4, 32), (4, 1452)):
        messages += [struct.pack("<I", kind) + os.urandom(size - 4)
                     for _ in range(40)]
    before = bench.reasons()
    unmoved(each(messages))
    if bench.family:
        now = bench.changes(before)
        same(sum(now.get(name, 0) for name in (
            "bad-mac1", "unknown-index", "bad-cookie", "unknown-handshake")),
             len(messages), now)
        same(now["unknown-index"], 80)
        assert now["bad-mac1"] >= 40


def empty_datagrams():
    unmoved(each(b"" for _ in range(10)))


def unknown_peer_with_our_key():
    """The public key is no secret: a valid mac1 alone gets no answer."""
    def send(wire):
        total = 0
        for _ in range(8):
            shake = Handshake(Peer(bench, known=False).identity,
                              bench.identity.public)
            message = shake.initiate(timestamp())
            wire.send(message)
            total += len(message)
        return total
    before = bench.reasons()
    unmoved(send)
    bench.moved(before, "unknown-peer", 8)


suite.case("unknown message types are dropped", other_types)
suite.case("random bytes are dropped", noise)
suite.case("random bytes in the shape of messages are dropped", noise_of_right_shape)
suite.case("empty datagrams are dropped", empty_datagrams)
suite.case("initiations of unknown peers are dropped", unknown_peer_with_our_key)
suite.end()
