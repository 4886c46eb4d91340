# SPDX-License-Identifier: GPL-2.0
"""GSO packets of all kinds of messages, sent with one call each.

On lo they arrive as they are, so that what is in them is for the link to find
out. The replies tell what it made of it.
"""
import os
import random
import socket
import struct
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "wire"))

# pylint: disable=wrong-import-position
from bench import (DEVICE, PATIENCE, Bench, Peer, Suite, echo4,  # noqa: E402
                   ipv4, run, same)
from peer import RESPONSE, InvalidTag  # noqa: E402

SOL_UDP, UDP_SEGMENT = 17, 103
SIZE = 160	# of all messages in a GSO packet but the last

bench = Bench()
suite = Suite()


def counters():
    """The link's counters of batches."""
    found = {}
    for part in bench.family.dump("get-stats", bench.family.named(DEVICE)):
        for counter in part.get("counters", []):
            found[counter["name"]] = counter["count"]
    return found


def send_super(wire, messages):
    """Send messages with one call, as the GSO packet that they make when joined."""
    same({len(message) for message in messages[:-1]} | {SIZE}, {SIZE})
    assert len(messages[-1]) <= SIZE
    wire.sock.sendmsg([b"".join(messages)],
                      [(SOL_UDP, UDP_SEGMENT, struct.pack("=H", SIZE))],
                      0, wire.to)


def request(peer, session, **more):
    """(data, message): an echo request of the right size."""
    data = os.urandom(SIZE - 32 - 28)
    return data, session.seal(echo4(peer.inner, "10.9.0.1", data), **more)


def replies(peer, *runs):
    """Wait until an echo came back for all of these; whatever else came back is
    an error. Answers to one peer keep the order of its run, while those to
    another may go first."""
    wanted = [data[:4].hex() for run in runs for data in run]
    got = []
    end = time.monotonic() + PATIENCE
    while len(got) < len(wanted) and time.monotonic() < end:
        message = peer.wire.receive(max(0, end - time.monotonic()))
        if message is None or message[0] != 4:
            continue
        for session in peer.sessions:
            try:
                got.append(session.open(message)[1][28:28 + SIZE - 60])
            except (InvalidTag, ValueError):
                continue
    got = [data[:4].hex() for data in got]
    same(sorted(got), sorted(wanted))
    for run in runs:
        run = [data[:4].hex() for data in run]
        same([data for data in got if data in run], run)
    for message in peer.wire.drain():
        assert len(message) <= 32 or message[0] != 4, "more than was asked for"


def two_sessions():
    """A peer with an older and a newer session, both good for receiving."""
    peer = Peer(bench)
    peer.sessions = [peer.call()]
    peer.works()
    peer.sessions.append(peer.call())
    peer.works()
    return peer


def whole(peer, messages, *runs):
    """They arrive as one GSO packet, and these get a reply."""
    before = counters()
    send_super(peer.wire, messages)
    replies(peer, *runs)
    now = counters()
    same(now["supers-received"] - before["supers-received"], 1, "supers")
    same(now["super-messages-received"] - before["super-messages-received"],
         len(messages), "messages")
    same(now["chains-received"], before["chains-received"], "chains")


def one_session():
    """Messages of one session: the base of the other cases."""
    peer = two_sessions()
    pairs = [request(peer, peer.sessions[1]) for _ in range(20)]
    before = bench.reasons()
    whole(peer, [m for _, m in pairs], [d for d, _ in pairs])
    same(bench.changes(before), {})


def rekeyed():
    """The end of one session and the beginning of the next."""
    peer = two_sessions()
    pairs = [request(peer, peer.sessions[number >= 9]) for number in range(20)]
    before = bench.reasons()
    whole(peer, [m for _, m in pairs], [d for d, _ in pairs])
    same(bench.changes(before), {})


def alternating():
    """Messages of both sessions in turns."""
    peer = two_sessions()
    pairs = [request(peer, peer.sessions[number % 2]) for number in range(24)]
    before = bench.reasons()
    whole(peer, [m for _, m in pairs], [d for d, _ in pairs])
    same(bench.changes(before), {})


def two_peers():
    """Two peers behind one address and port, as behind a relay."""
    first, second = two_sessions(), Peer(bench)
    second.wire = first.wire
    first.sessions.append(second.call())
    second.works()
    messages, runs = [], {first: [], second: []}
    for number in range(16):
        peer = second if number % 3 == 1 else first
        session = second.session if peer is second else first.sessions[1]
        data, message = request(peer, session)
        messages.append(message)
        runs[peer].append(data)
    whole(first, messages, *runs.values())


def no_session_among():
    """Messages of no session, in front, between and at the end."""
    peer = two_sessions()
    messages, wanted = [], []
    for number in range(20):
        data, message = request(peer, peer.sessions[1])
        if number in (0, 1, 7, 13, 14, 19):
            message = message[:4] + os.urandom(4) + message[8:]
        else:
            wanted.append(data)
        messages.append(message)
    before = bench.reasons()
    whole(peer, messages, wanted)
    bench.moved(before, "unknown-index", 6)
    same(bench.changes(before), {"unknown-index": 6})


def no_session_at_all():
    """Nothing but messages of no session."""
    peer = two_sessions()
    before = bench.reasons()
    _, message = request(peer, peer.sessions[1])
    send_super(peer.wire, [message[:4] + os.urandom(4) + message[8:]
                           for _ in range(10)])
    bench.moved(before, "unknown-index", 10)
    peer.works()


def broken():
    """Messages that are forged, replayed, from a wrong source, or not IP."""
    peer = two_sessions()
    session = peer.sessions[1]
    pairs = [request(peer, session) for _ in range(12)]
    messages = [m for _, m in pairs]
    wanted = [d for d, _ in pairs]
    messages[3] = messages[3][:-1] + bytes([messages[3][-1] ^ 1])
    messages[4] = messages[2]
    messages[5] = session.seal(ipv4("10.200.0.1", "10.9.0.1", 17,
                                    bytes(SIZE - 52)))
    messages[6] = session.seal(b"\x70" + bytes(SIZE - 33))
    before = bench.reasons()
    whole(peer, messages, wanted[:3] + wanted[7:])
    same(bench.changes(before), {"bad-tag": 1, "replay": 1,
                                 "unallowed-source": 1, "inner-not-ip": 1})
    # all of it once more
    before = bench.reasons()
    whole(peer, messages, [])
    bench.moved(before, "replay", 11)


def with_handshake():
    """An initiation behind data, as a router's receive offload may join it."""
    peer = two_sessions()
    pairs = [request(peer, peer.sessions[1]) for _ in range(6)]
    shake = peer.handshake()
    time.sleep(0.05)
    send_super(peer.wire, [m for _, m in pairs] + [shake.initiate()])
    peer.session = shake.take_response(peer.wire.expect(RESPONSE))
    peer.works()


def with_garbage():
    """Bytes that are no message at all, between messages and at the end."""
    peer = two_sessions()
    pairs = [request(peer, peer.sessions[1]) for _ in range(6)]
    messages = [m for _, m in pairs]
    messages[2] = bytes(SIZE)
    messages[4] = b"\x04\x01\0\0" + messages[4][4:]
    before = bench.reasons()
    whole(peer, messages + [b"\4\0\0\0end"],
          [d for n, (d, _) in enumerate(pairs) if n not in (2, 4)])
    bench.moved(before, "malformed", 3)


def anything():
    """Random mixes, beyond the size of a GSO packet."""
    peer = two_sessions()
    for _ in range(30):
        messages, wanted, unknown = [], [], 0
        for _ in range(random.randrange(2, 60)):
            data, message = request(peer, random.choice(peer.sessions))
            if random.random() < .2:
                message = message[:4] + os.urandom(4) + message[8:]
                unknown += 1
            else:
                wanted.append(data)
            messages.append(message)
        before = bench.reasons()
        send_super(peer.wire, messages)
        replies(peer, wanted)
        bench.moved(before, "unknown-index", unknown)


# Otherwise replies are limited to some thousand a second.
run("sysctl", "-qw", "net.ipv4.icmp_ratelimit=0")
suite.case("messages of one session are decrypted", one_session)
suite.case("messages of two sessions of one peer are decrypted", rekeyed)
suite.case("messages of two sessions in turns are decrypted", alternating)
suite.case("messages of two peers are decrypted", two_peers)
suite.case("messages of no session among them are dropped alone", no_session_among)
suite.case("messages of no session are all dropped", no_session_at_all)
suite.case("refused messages are dropped alone", broken)
suite.case("a handshake message behind data is answered", with_handshake)
suite.case("garbage among messages is dropped alone", with_garbage)
suite.case("random mixes are dealt with message by message", anything)
suite.end()
