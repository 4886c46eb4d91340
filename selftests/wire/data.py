# SPDX-License-Identifier: GPL-2.0
"""Data messages, valid ones and all kinds that must be dropped."""
import os
import socket
import struct
import time

from bench import (DEVICE, Bench, Peer, Suite, Wire, echo4, echo6, ipv4, ipv6,
                   run, same)
from peer import DATA, DATA_OVERHEAD, INITIATION, REJECT_AFTER_MESSAGES

HOME = "10.9.0.1"
HOME6 = "fd09::1"
UDP = socket.IPPROTO_UDP
# The window holds at least the first number, and fewer than the second.
WINDOW = 8000
TOO_OLD = 8192

bench = Bench()
suite = Suite()
peer = Peer(bench)
peer.call()


def counters():
    """The counters of the link itself."""
    base = f"/sys/class/net/{DEVICE}/statistics/"
    found = {}
    for name in ("rx_packets", "rx_bytes", "rx_errors", "rx_frame_errors",
                 "rx_length_errors", "rx_dropped"):
        with open(base + name, encoding="ascii") as stream:
            found[name] = int(stream.read())
    return found


def both_families():
    for size in (0, 1, 15, 16, 17, 500, 1372):
        peer.echo(data=os.urandom(max(size, 12)))
        data = os.urandom(max(size, 12))
        peer.wire.send(peer.session.seal(echo6(peer.inner6, HOME6, data)))
        peer.reply(data)


def unpadded():
    """Padding is optional."""
    for size in range(12, 30):
        peer.echo(data=os.urandom(size), pad=False)


def overpadded():
    data = os.urandom(30)
    peer.wire.send(peer.session.seal(
        echo4(peer.inner, HOME, data) + bytes(1000)))
    inner = peer.reply(data)
    same(len(inner), 64, "the answer is as long as it has to be,")


def large():
    data = os.urandom(1372)
    packet = echo4(peer.inner, HOME, data)
    peer.wire.send(peer.session.seal(packet + bytes(58000)))
    peer.reply(data)


def keepalive():
    before = counters()
    shown = peer.shown()
    for _ in range(3):
        peer.wire.send(peer.session.seal(b""))
    peer.works()
    same(peer.shown()[2] - shown[2], 3 * DATA_OVERHEAD + 96)
    same(counters()["rx_bytes"] - before["rx_bytes"], 3 * DATA_OVERHEAD + 96)


suite.case("inner packets of both families and many sizes pass", both_families)
suite.case("inner packets without padding pass", unpadded)
suite.case("inner packets with more padding than needed pass", overpadded)
suite.case("messages of 58 KB pass", large)
suite.case("empty messages are counted and not answered", keepalive)


# Replays and the window ------------------------------------------------------

def lost(message, reason):
    """The message is dropped for that reason, and nothing else changes."""
    before = bench.reasons()
    peer.wire.send(message)
    bench.moved(before, reason)
    peer.works()
    same({name for name in bench.changes(before) if name != reason}, set())


def replayed():
    data = os.urandom(24)
    message = peer.session.seal(echo4(peer.inner, HOME, data))
    peer.wire.send(message)
    peer.reply(data)
    lost(message, "replay")
    lost(message, "replay")
    # A copy from another address is dropped, and the endpoint stays.
    other = Wire(bench, "127.0.0.7")
    before = bench.reasons()
    other.send(message)
    bench.moved(before, "replay")
    same(other.drain(), [])
    peer.works()
    same(peer.shown()[0], peer.wire.endpoint())


def window():
    session = peer.session
    top = session.counter + 3 * TOO_OLD
    peer.echo(counter=top)
    session.counter = top + 1
    # Older counters in any order, each once.
    for distance in (1, 2, 63, 64, 65, 4096, WINDOW - 1, WINDOW - 64, 1000):
        peer.echo(counter=top - distance)
    for distance in (0, 1, 64, 4096, WINDOW - 1):
        before = bench.reasons()
        peer.wire.send(session.seal(b"", counter=top - distance))
        bench.moved(before, "replay")
    for distance in (TOO_OLD, TOO_OLD + 1, 2 * TOO_OLD, top):
        before = bench.reasons()
        peer.wire.send(session.seal(b"", counter=top - distance))
        bench.moved(before, "replay")
    # A jump by exactly the window, and by much more.
    for leap in (TOO_OLD - 1, TOO_OLD, TOO_OLD + 64, 1 << 20, 1 << 40):
        session.counter += leap
        peer.echo()
        peer.echo(counter=session.counter - 500)
        before = bench.reasons()
        peer.wire.send(session.seal(b"", counter=session.counter - 500))
        bench.moved(before, "replay")


def last_counters():
    """A counter beyond the last is refused and not remembered."""
    session = peer.session
    # The paper's limit leaves a window of 8192; the stock driver's is 8128.
    for counter in (2 ** 64 - 8129, 2 ** 64 - 8128, 2 ** 64 - 1):
        data = os.urandom(24)
        peer.wire.send(session.seal(echo4(peer.inner, HOME, data),
                                    counter=counter))
        peer.silent((DATA,))
    peer.works()
    peer.echo(counter=REJECT_AFTER_MESSAGES - 1)
    # That was the last counter of this session.
    peer.call()
    peer.works()


suite.case("a data message is accepted once", replayed)
suite.case("counters at the edges of the replay window are judged correctly", window)
suite.case("counters at the end of their range are judged correctly", last_counters)


# Broken messages ---------------------------------------------------------------

def truncated():
    session = peer.session
    message = session.seal(echo4(peer.inner, HOME, os.urandom(24)))
    before = bench.reasons()
    for length in range(len(message)):
        peer.wire.send(message[:length])
    peer.silent((DATA,))
    # Less than header and tag is malformed, the rest does not authenticate;
    # an empty datagram may not even get to the device.
    if bench.family:
        now = bench.changes(before)
        assert now["malformed"] in (31, 32), now
        same(now["bad-tag"], len(message) - 32)
    peer.works()


def flipped():
    session = peer.session
    message = session.seal(echo4(peer.inner, HOME, os.urandom(24)))
    before = bench.reasons()
    for position in range(len(message)):
        broken = bytearray(message)
        broken[position] ^= 1 << position % 8
        peer.wire.send(bytes(broken))
    peer.silent((DATA,))
    if bench.family:
        now = bench.changes(before)
        same(now.get("malformed"), 4, "type and reserved bytes,")
        same(now.get("unknown-index"), 4)
        same(now.get("bad-tag"), len(message) - 8)
    # The original message is still accepted.
    peer.wire.send(message)
    peer.next_data()
    peer.works()


def longer():
    message = peer.session.seal(echo4(peer.inner, HOME, os.urandom(24)))
    before = bench.reasons()
    for more in (1, 16, 100):
        peer.wire.send(message + os.urandom(more))
    peer.silent((DATA,))
    bench.moved(before, "bad-tag", 3)
    peer.works()


def unknown_index():
    session = peer.session
    message = session.seal(b"")
    before = bench.reasons()
    for number in range(64):
        index = struct.pack("<I", number * 0x04000001)
        peer.wire.send(message[:4] + index + message[8:])
    bench.moved(before, "unknown-index", 64)
    peer.silent((DATA, INITIATION))
    peer.works()


def not_yet_a_session():
    """The index of an unfinished handshake accepts no data."""
    other = Peer(bench).at_home()
    other.provoke()
    initiation = other.wire.expect(INITIATION)
    before = bench.reasons()
    for size in (16, 32, 128):
        other.wire.send(struct.pack("<I", DATA) + initiation[4:8] + bytes(8)
                        + os.urandom(size))
    bench.moved(before, "unknown-index", 3)
    shake = other.handshake().take_initiation(initiation)
    response, other.session = shake.respond()
    other.wire.send(response)
    # Its first message shows that it has accepted the response.
    other.next_data()
    other.works()


suite.case("data messages cut off at every length are dropped", truncated)
suite.case("data messages with any byte changed are dropped", flipped)
suite.case("data messages with bytes appended are dropped", longer)
suite.case("data messages for unknown indices are dropped", unknown_index)
suite.case("data messages for an unfinished handshake are dropped", not_yet_a_session)


# Authentic messages with wrong contents ---------------------------------------

def inner_lost(inner, reason, statistic=None, pad=True):
    """An authentic message is dropped for its inner packet."""
    before, stats = bench.reasons(), counters()
    peer.wire.send(peer.session.seal(inner, pad=pad))
    peer.works()
    bench.moved(before, reason)
    now = counters()
    same(now["rx_errors"] - stats["rx_errors"], 1, f"rx_errors {inner[:8].hex()}")
    if statistic:
        same(now[statistic] - stats[statistic], 1, statistic)


def wrong_source():
    for packet in (
            echo4("10.9.200.200", HOME, b"somebody else"),
            echo4(HOME, HOME, b"the link itself"),
            echo4("127.0.0.1", HOME, b"loopback"),
            echo6("fd09:ffff::1", HOME6, b"somebody else"),
            echo6("::1", HOME6, b"loopback")):
        inner_lost(packet, "unallowed-source", "rx_frame_errors")


def lying_lengths():
    data = os.urandom(40)
    good = len(echo4(peer.inner, HOME, data))
    for length in (0, 1, 19, good + 17, 1000, 65535):
        inner_lost(echo4(peer.inner, HOME, data, length=length),
                   "inner-malformed", "rx_length_errors")
    for length in (41 + 48, 1000, 65535):
        inner_lost(echo6(peer.inner6, HOME6, data[:24], length=length),
                   "inner-malformed", "rx_length_errors")


def not_ip():
    packet = echo4(peer.inner, HOME, os.urandom(24))
    for version in (0, 1, 3, 5, 7, 15):
        inner_lost(bytes([version << 4 | packet[0] & 15]) + packet[1:],
                   "inner-not-ip", "rx_frame_errors")


def too_short():
    for length in (1, 2, 8, 19):
        inner_lost(echo4(peer.inner, HOME, b"")[:length], "inner-malformed",
                   pad=False)
    for length in (1, 20, 39):
        inner_lost(echo6(peer.inner6, HOME6, b"")[:length], "inner-malformed",
                   pad=False)


def shorter_than_said_is_cut():
    """A shorter inner length means padding: the rest is cut off."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(20)
        sock.bind((HOME, 4040))
        text = b"no more than this"
        udp = struct.pack("!HHHH", 4041, 4040, 8 + len(text), 0) + text
        peer.wire.send(peer.session.seal(ipv4(peer.inner, HOME, UDP, udp)
                                         + b"and this is not shown"))
        same(sock.recv(1000), text)


def odd_headers():
    """Headers that are wrong in ways that the IP stack judges."""
    packet = bytearray(echo4(peer.inner, HOME, os.urandom(24)))
    for first in (0x40, 0x41, 0x44, 0x46, 0x4f):
        packet[0] = first
        peer.wire.send(peer.session.seal(bytes(packet)))
    for proto in (0, 41, 4, 43, 44, 47, 50, 51, 58, 60, 132, 255):
        for content in (b"", b"\0", os.urandom(3), os.urandom(40)):
            peer.wire.send(peer.session.seal(
                ipv4(peer.inner, HOME, proto, content)))
            peer.wire.send(peer.session.seal(
                ipv6(peer.inner6, HOME6, proto, content)))
    peer.wire.drain()
    peer.works()


suite.case("inner packets from addresses that are not the peer's are dropped", wrong_source)
suite.case("inner packets longer than the message are dropped", lying_lengths)
suite.case("inner packets that are not IP are dropped", not_ip)
suite.case("inner packets shorter than a header are dropped", too_short)
suite.case("bytes beyond the inner length are cut off",
           shorter_than_said_is_cut)
suite.case("inner packets with odd headers are left to the IP stack", odd_headers)


def removed_peer():
    """A session ends with its peer, and its index is unknown then."""
    other = Peer(bench)
    other.call()
    other.works()
    message = other.session.seal(b"")
    other.set("remove")
    before = bench.reasons()
    time.sleep(0.1)
    other.wire.send(message)
    bench.moved(before, "unknown-index")
    other.silent()


def down_and_up():
    message = peer.session.seal(b"")
    before = peer.wire.drain()
    assert not any(m[0] == INITIATION for m in before), "called while talking"
    run("ip", "link", "set", DEVICE, "down")
    peer.wire.send(message)
    run("ip", "link", "set", DEVICE, "up")
    before = bench.reasons()
    peer.wire.send(message)
    bench.moved(before, "unknown-index")
    peer.silent()
    peer.call()
    peer.works()


suite.case("data for the session of a removed peer is dropped", removed_peer)
suite.case("sessions do not survive the link going down", down_and_up)
suite.end()
